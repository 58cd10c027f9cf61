import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readEvidence } from "../../operations/isolation/evidence.ts";
import { execOk } from "../../operations/live/docker.ts";
import { databaseStack, query, serving } from "./database.ts";
import { ask, docker, engine, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
});
afterAll(() => stack.cleanup());

async function order(id: string): Promise<void> {
  const body = JSON.stringify({ id, item: "tea", price: 2 });
  expect((await ask(`${stack.url}/orders`, { method: "POST", body })).status).toBe(201);
}

const orders = async () => (await query(stack, "select id from orders order by id")).map(({ id }) => id);
const database = () => stack.container("database-initial");
const router = (changes: object) => ({ router: { port: stack.port, gate: { timeoutSeconds: 15 }, ...changes } });

/** Writes over the first page of the orders, as a bad disk does. */
async function corrupt(): Promise<void> {
  const [row] = await query(stack, "select pg_relation_filepath('orders') as path");
  await docker.getContainer(database()).stop({ t: 60 });
  const file = `/data/pgdata/${row?.path}`;
  await execOk(docker, `${database()}-keeper`, [
    "sh",
    "-c",
    `printf garbage | dd of=${file} bs=1 seek=100 conv=notrunc`,
  ]);
  await docker.getContainer(database()).start();
}

it("goes by the runbook: maintenance, freeze, evidence, restore, look, open", async () => {
  await order("a");
  await query(stack, "checkpoint");
  await sleep(1500);
  const targetTime = new Date().toISOString();
  await sleep(1500);
  await order("late");
  await corrupt();
  await expect.poll(() => orders().catch((error: Error) => error.message), { timeout: 30_000 }).toMatch(/invalid page/);

  await stack.upOk(router({ maintenance: true }));
  expect((await ask(`${stack.url}/orders`)).status).toBe(503);
  await docker.getContainer(database()).stop({ t: 120 });
  const taken = await stack.ok(
    "evidence",
    "take",
    database(),
    "--message",
    "invalid page in orders",
    "--engine",
    engine,
  );
  expect(taken.stdout).toMatch(/copy, \d+ files/);
  stack.set({ targetTime });
  await stack.upOk();
  expect(await serving(stack)).toMatch(/^restored-/);
  expect(await orders()).toEqual(["a"]);
  expect((await ask(`${stack.url}/orders`)).status).toBe(503);
  await stack.upOk(router({}));
  expect(await served(stack)).toBe("200 green 2.0.0");
  const [evidence] = await readEvidence(docker, stack.stack);
  expect(evidence).toMatchObject({ kind: "copy", reason: "invalid page in orders", copied: [{ name: database() }] });
});

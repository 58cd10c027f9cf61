import { afterAll, beforeAll, expect, it } from "vitest";
import { readEvidence } from "../../operations/isolation/evidence.ts";
import { execOk } from "../../operations/live/docker.ts";
import { databaseStack, query, serving } from "../e2e/database.ts";
import { ask, docker, served, type TestStack } from "../e2e/stack.ts";
import { moment, order, orders } from "./orders.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
});
afterAll(() => stack.cleanup());

const database = () => stack.container("database-initial");
const status = async () => (await ask(`${stack.url}/orders`)).status;

/** Writes over the first page of the orders, as a bad disk does. */
async function corrupt(): Promise<void> {
  const [row] = await query(stack, "select pg_relation_filepath('orders') as path");
  await docker.getContainer(database()).stop({ t: 60 });
  const file = `/data/pgdata/${row?.path}`;
  const line = `printf garbage | dd of=${file} bs=1 seek=100 conv=notrunc`;
  await execOk(docker, `${database()}-keeper`, ["sh", "-c", line]);
  await docker.getContainer(database()).start();
}

it("goes by the runbook: maintenance, freeze, evidence, restore, look, open", async () => {
  await order(stack, "a");
  await query(stack, "checkpoint");
  const time = await moment();
  await order(stack, "late");
  await corrupt();
  const damage = () => orders(stack).catch((error: Error) => error.message);
  await expect.poll(damage, { timeout: 30_000 }).toMatch(/invalid page/);

  const { type, finish } = walk("corruption", stack);
  await type("look");
  await type("freeze", { serving: "initial" });
  expect(await status()).toBe(503);
  await type("restore", { time });
  expect(await serving(stack)).toMatch(/^restored-/);
  expect(await orders(stack)).toEqual(["a"]);
  expect(await status()).toBe(503);
  await type("open");
  expect(await served(stack)).toBe("200 green 2.0.0");
  await order(stack, "b");
  const [evidence] = await readEvidence(docker, stack.stack);
  expect(evidence).toMatchObject({ kind: "copy", reason: "invalid page in orders", copied: [{ name: database() }] });
  finish();
});

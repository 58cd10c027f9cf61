import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connectDatabase } from "../../operations/database/connect.ts";
import { databaseStack, head, query } from "./database.ts";
import { ask, docker, served, type TestStack } from "./stack.ts";

let stack: TestStack;
/** Green 2.1.0 serves on the schema 4; blue 1.1.0 is closed. */
beforeAll(async () => {
  stack = await databaseStack({
    activeColor: "green",
    schemaVersion: "4",
    colors: { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.1.0" } },
  });
  await stack.upOk();
  stack.set({ schemaVersion: undefined });
  await stack.upOk();
});
afterAll(() => stack.cleanup());
beforeEach(async () => {
  expect([await served(stack), await head(stack)]).toEqual(["200 green 2.1.0", "4"]);
  await writes();
});

let orders = 0;
/** An order through the router: what serves has the database, and nothing holds. */
async function writes(): Promise<void> {
  orders += 1;
  const body = JSON.stringify({ id: `o${orders}`, item: "tea", price: 1, currency: "EUR", discount_cents: 1 });
  expect((await ask(`${stack.url}/orders`, { method: "POST", body })).status).toBe(201);
}

const backward = (extra: Readonly<Record<string, unknown>> = {}) => ({
  activeColor: "blue",
  allowDataLoss: { 4: 1000 + orders },
  ...extra,
});
const forward = { activeColor: "green", colors: { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.1.0" } } };

describe("when a level 2 change fails, the color that served goes on serving:", () => {
  it("a target that never gets ready on its schema: the schema goes back within the hold", async () => {
    const services = { orders: { env: { ORDERS_NEVER_READY: "1" } } };
    const colors = { blue: { imageTag: "1.1.0", services }, green: { imageTag: "2.1.0" } };
    const { code, stdout } = await stack.up(backward({ colors, router: { ...routerOf(), hold: { maxSeconds: 6 } } }));
    expect(code).not.toBe(0);
    expect(stdout).toMatch(
      /expected blue to be ready on the schema 3 .* the schema is back at 4, and green serves as before/,
    );
    await writes();
    await stack.upOk({ ...forward, router: routerOf() });
  });

  it("a lock that a long transaction holds: it is named, and nothing has moved", async () => {
    // Neither color's role: the sessions of the color being left are ended anyway.
    await query(
      stack,
      "create role reporter login; grant connect on database orders to reporter; grant usage on schema public to reporter; grant select on orders to reporter",
    );
    const blocker = await connectDatabase(docker, {
      container: stack.container("database-initial"),
      database: "orders",
      user: "reporter",
    });
    try {
      await blocker.query("begin; select count(*) from orders");
      const migrations = { lockTimeoutMs: 200, attempts: 2 };
      const { code, stdout } = await stack.up(backward({ database: { ...databaseOf(), migrations } }));
      expect(code).not.toBe(0);
      expect(stdout).toMatch(/expected a lock within 200 ms in 2 attempts, got none, held by .*; end what holds it/);
      await writes();
      const cancel = { lockTimeoutMs: 1000, attempts: 3, blockers: "cancel" };
      await stack.upOk(backward({ database: { ...databaseOf(), migrations: cancel } }));
      expect([await served(stack), await head(stack)]).toEqual(["200 blue 1.1.0", "3"]);
    } finally {
      await blocker.end().catch(() => {});
    }
    await stack.upOk({ ...forward, schemaVersion: "4", database: databaseOf() });
    await stack.upOk({ schemaVersion: undefined });
  });

  it("a pooler that is gone: refused before anything moves, and `up` with the old config makes it again", async () => {
    await docker.getContainer(stack.container("pooler")).kill();
    const { code, stdout } = await stack.up(backward());
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/pooler: its marker could not be read/);
    await docker.getContainer(stack.container("pooler")).start();
    await until(writes);
    await stack.upOk(forward);
  });
});

it("a dead database stops level 2 and does not stop level 1", async () => {
  await stack.upOk({ colors: { blue: { imageTag: "2.1.0" }, green: { imageTag: "2.1.0" } } });
  await docker.getContainer(stack.container("database-initial")).kill();
  const { stdout } = await stack.up({ activeColor: "blue" });
  expect(stdout).toMatch(/health: .* the database does not answer.*pulumi config set --path 'accept\[0\]' health/);
  await stack.upOk({ accept: ["health"] });
  expect((await ask(`${stack.url}/version`)).headers["x-switchback-color"]).toBe("blue");
  const refused = await stack.up({
    colors: { blue: { imageTag: "2.1.0" }, green: { imageTag: "1.1.0" } },
    activeColor: "green",
  });
  expect(refused.stdout).toContain("the schema cannot move");
  await docker.getContainer(stack.container("database-initial")).start();
  await until(async () => expect((await ask(`${stack.url}/ready`)).status).toBe(200));
  await stack.upOk({ ...forward, colors: { blue: { imageTag: "2.1.0" }, green: { imageTag: "2.1.0" } }, accept: [] });
  await until(writes);
});

const routerOf = () => ({
  port: stack.port,
  drain: { httpSeconds: 15, webSocketSeconds: 3 },
  gate: { timeoutSeconds: 15 },
});
const databaseOf = () => ({ name: "orders", secret: "database", memoryMb: 256 });

async function until(check: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round++) {
    try {
      return await check();
    } catch (error) {
      if (round > 40) throw error;
      await sleep(250);
    }
  }
}

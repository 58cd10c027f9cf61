import { afterAll, beforeAll, expect, it } from "vitest";
import { readSchema } from "../../../operations/migrations/schema-state.ts";
import { createWorld, type Database, lineageOf, orders, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.remove());

const lineage = lineageOf(orders);

/** A database at 1 whose orders are locked by a transaction of blue, idle or in a long query. */
async function locked(doing: "idle" | "active") {
  const database = await world.database();
  await database.migrate(lineage, "1");
  const blue = await database.connect("app_blue");
  await blue.query("begin; insert into orders values ('a', 1)");
  const ended =
    doing === "active" ? blue.query("select pg_sleep(30)").catch((error: Error) => error.message) : undefined;
  return { database, blue, ended };
}
const watchOf = (database: Database) => ({ watch: () => database.connect("app_migrator") });

it("a lock that is not had is waited for, then tried again, then it fails and names who holds it", async () => {
  const { database, blue } = await locked("idle");
  const log: string[] = [];
  const begun = performance.now();
  const run = database.migrate(lineage, "2", { ...watchOf(database), log: (line) => log.push(line) });
  await expect(run).rejects.toThrow(
    /^expected a lock within 300 ms in 2 attempts, got none, held by app_blue \(pid \d+, idle in transaction, transaction of \d\.\d s\) .*end what holds it, or set database\.migrations\.blockers to cancel$/,
  );
  expect(performance.now() - begun).toBeGreaterThan(600);
  expect(log.filter((line) => line.endsWith("attempt 1 of 2"))).toHaveLength(1);
  await blue.query("commit");
  expect((await readSchema(database.client)).head).toBe("1");
});

it("a lock that is released meanwhile is taken by a later attempt", async () => {
  const { database, blue } = await locked("idle");
  const run = database.migrate(lineage, "2", { attempts: 10 });
  setTimeout(() => void blue.query("commit"), 700);
  expect(await run).toMatchObject({ to: "2" });
  expect(await database.rows("select id from orders")).toEqual([{ id: "a" }]);
});

it.each(["idle", "active"] as const)("an %s transaction in the way is ended where that is asked for", async (doing) => {
  const { database, blue, ended } = await locked(doing);
  const run = database.migrate(lineage, "2", { ...watchOf(database), blockers: "cancel", lockTimeoutMs: 1000 });
  expect(await run).toMatchObject({ to: "2" });
  if (doing === "active") expect(await ended).toMatch(/canceling statement due to user request/);
  await expect(blue.query("select 1")).rejects.toThrow();
  expect(await database.rows("select id from orders")).toEqual([]);
});

it("two operations do not move the schema at once", async () => {
  const database = await world.database();
  await database.migrate(lineage, "1");
  const other = await database.connect("app_migrator");
  let inside = () => {};
  const reached = new Promise<void>((resolve) => {
    inside = resolve;
  });
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const first = database.migrate(lineage, "2", {
    beforeCommit: () => {
      inside();
      return left;
    },
  });
  await reached;
  await other.query("set lock_timeout = '200ms'");
  await expect(other.query("select pending from switchback.marker for update")).rejects.toThrow(
    "canceling statement due to lock timeout",
  );
  leave();
  expect(await first).toMatchObject({ to: "2" });
});

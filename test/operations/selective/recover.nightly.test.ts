import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { readJournal } from "../../../operations/live/journal.ts";
import type { RowsGoal } from "../../../operations/selective/goal.ts";
import type { RowsResult } from "../../../operations/selective/operation.ts";
import { databaseImage, docker } from "../database/rig.ts";
import { type Asked, createRig, type Rig } from "../recovery/rig.ts";
import { everything, made, putAside, putBack, recoverFrom, writtenSince } from "./rows.ts";

let rig: Rig;
let kept: Asked;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql(`set role app_owner; ${made}`);
  const { name } = await rig.backup();
  kept = await rig.restore({ material: await rig.base({ kind: "name", name }), drill: true });
});
afterAll(() => rig?.remove());

// Each test begins with the live data as they were at the point, and what was written since.
beforeEach(async () => {
  await rig.sql(putAside);
  await rig.sql(writtenSince);
});
afterEach(async () => {
  await rig.sql(putBack);
});

const recover = (tables: string[], change: Partial<RowsGoal> = {}): Promise<RowsResult> =>
  recoverFrom(kept.generation, rig, tables, change);
const count = async (table: string) => (await rig.sql(`select count(*)::int as rows from ${table}`))[0]!.rows;
const content = () => rig.sql(everything);
const running = async () => (await docker.getContainer(kept.container).inspect()).State.Running;

it("starts the kept generation for it, and lets it stand still again, also when it fails", async () => {
  const container = docker.getContainer(kept.container);
  await container.stop();
  const { tables } = await recover(["customers"], { write: false });
  expect(tables).toMatchObject([{ table: "public.customers", rows: 20, missing: 0, same: 20, only: 0 }]);
  expect(await running()).toBe(false);
  await expect(recover(["gone"])).rejects.toThrow("expected a table public.gone");
  expect(await running()).toBe(false);
  await container.start();
  await expect.poll(() => rig.query(kept.container, "select 1 as one"), { timeout: 30_000 }).toHaveLength(1);
});

it("counts what would come back, and changes nothing", async () => {
  await rig.sql("delete from orders where id between 11 and 20; update orders set item = 'broken' where id = 30");
  const before = await content();
  const { tables, before: lsn } = await recover(["lines", "orders"], { write: false });
  const rest = { conflicts: [], leftOut: [], written: null };
  expect(tables).toEqual([
    { table: "public.orders", rows: 100, missing: 10, changed: 2, same: 88, only: 5, ...rest },
    { table: "public.lines", rows: 200, missing: 20, changed: 0, same: 180, only: 0, ...rest },
  ]);
  expect(lsn).toBeNull();
  expect(await content()).toEqual(before);
});

it("brings back what is missing with every value as it was, and leaves what was written since", async () => {
  const whole = await content();
  await rig.sql(
    "delete from lines where order_id < 50; delete from orders where id < 50 and id <> 40; delete from customers where id > 10 and id not in (select customer from orders)",
  );
  const { tables, before } = await recover(["customers", "orders", "lines"]);
  expect(tables.map(({ written }) => written?.inserted)).toEqual([expect.any(Number), 48, 98]);
  expect(await content()).toEqual(whole);
  expect(before).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  expect(await rig.sql("select item, label from orders where id = 40")).toEqual([{ item: "better", label: "BETTER" }]);
  expect(rig.journal.at(-1)).toMatchObject({
    ...{ event: "recovered-rows", from: kept.generation, to: "initial", before, triggers: "origin", changed: false },
    tables: [
      { table: "public.customers" },
      { table: "public.orders", inserted: 48 },
      { table: "public.lines", inserted: 98 },
    ],
  });
  expect((await recover(["customers", "orders", "lines"])).tables.map(({ written }) => written?.inserted)).toEqual([
    0, 0, 0,
  ]);
});

it("brings back the rows of a query", async () => {
  await rig.sql("delete from orders where id between 11 and 20");
  const { tables } = await recover([
    "orders=select * from orders where id < 15 -- only some",
    "lines=select l.* from lines l join orders o on o.id = l.order_id where o.id < 15",
  ]);
  expect(tables).toMatchObject([
    { table: "public.orders", rows: 14, missing: 4, only: null, written: { inserted: 4, updated: 0 } },
    { table: "public.lines", rows: 28, missing: 8, written: { inserted: 8 } },
  ]);
  expect(await rig.sql("select id from orders where id between 11 and 20 order by id")).toHaveLength(4);
});

it("puts changed rows back when it is asked to, and else leaves them", async () => {
  await rig.sql("update orders set item = 'broken', doc = null where id between 30 and 34");
  expect((await recover(["orders"])).tables[0]).toMatchObject({ changed: 6, written: { inserted: 0, updated: 0 } });
  const query = "orders=select * from orders where id between 30 and 34";
  expect((await recover([query], { changed: true })).tables[0]).toMatchObject({ written: { inserted: 0, updated: 5 } });
  expect(await rig.sql("select item, label, doc from orders where id = 31")).toEqual([
    { item: "item 31", label: "ITEM 31", doc: { a: 31 } },
  ]);
  expect(await rig.sql("select item from orders where id = 40")).toEqual([{ item: "better" }]);
});

it("lets the application's triggers run as the owner of the table, or not at all", async () => {
  await rig.sql("delete from orders where id = 11; truncate log");
  await recover(["orders"]);
  expect(await rig.sql("select what from log")).toEqual([{ what: "INSERT 11 by app_owner" }]);
  await rig.sql("delete from orders where id = 11; truncate log");
  await recover(["orders"], { triggers: "replica" });
  expect(await count("log")).toBe(0);
  expect(await rig.sql("select id from orders where id = 11")).toHaveLength(1);
});

it("counts rows that another one keeps out, writes nothing then, and the rest when it is told to", async () => {
  await rig.sql(`delete from lines where order_id in (1, 2, 3); delete from orders where id in (1, 2, 3);
    set session_replication_role = replica; delete from customers where id in (2, 3);
    insert into customers values (99, 'c2@x', 'somebody else')`);
  const before = await content();
  const dry = await recover(["customers", "orders=select * from orders where id < 4"], { write: false });
  expect(dry.tables).toMatchObject([
    { missing: 1, conflicts: [{ why: "unique customers_email_key", rows: 1, such: ["2"] }], only: 1 },
    { missing: 2, conflicts: [{ why: "foreign key orders_customer_fkey", rows: 1, such: ["1"] }] },
  ]);
  for (const triggers of ["origin", "replica"] as const) {
    await expect(recover(["customers", "orders"], { triggers })).rejects.toThrow(
      "got public.customers: 1 for unique customers_email_key, such as 2; public.orders: 1 for foreign key orders_customer_fkey, such as 1; nothing was written",
    );
  }
  expect(await content()).toEqual(before);
  const { tables } = await recover(["customers", "orders"], { skipConflicts: true });
  expect(tables.map(({ written }) => written?.inserted)).toEqual([1, 2]);
  expect(await rig.sql("select id from orders where id < 4 order by id")).toEqual([{ id: "2" }, { id: "3" }]);
});

it("leaves out what refers to what is left out, through a whole chain", async () => {
  await rig.sql("delete from tree where id > 7; delete from tree where id in (6, 7); delete from tree where id = 3");
  const below = "tree=select * from tree where id <> 3";
  expect((await recover([below], { write: false })).tables[0]?.conflicts).toEqual([
    { why: "foreign key tree_parent_fkey", rows: 6, such: ["6", "7", "12", "13", "14"] },
  ]);
  expect((await recover(["tree"])).tables[0]).toMatchObject({ missing: 11, conflicts: [], written: { inserted: 11 } });
});

it("gets sequences past what it brought back", async () => {
  await rig.sql("truncate customers, orders, lines restart identity");
  await recover(["customers", "orders"]);
  await rig.sql("insert into customers (email) values ('next'); insert into orders (item) values ('next')");
  expect(await rig.sql("select max(id) from customers union all select max(id) from orders")).toEqual([
    { max: "21" },
    { max: "101" },
  ]);
});

it("is one transaction: what one table refuses undoes the others", async () => {
  await rig.sql(
    "delete from orders where id between 11 and 20; alter table lines add constraint few check (n < 2) not valid",
  );
  const before = await content();
  await expect(recover(["orders", "lines"])).rejects.toThrow('violates check constraint "few"');
  await rig.sql("alter table lines drop constraint few");
  expect(await content()).toEqual(before);
});

it("does not overwrite a row that comes in the meantime", async () => {
  await rig.sql("delete from tree where id = 15");
  const other = await connectDatabase(docker, { container: rig.container, database: "app", user: "postgres" });
  await other.query("begin; insert into tree values (15, 1)");
  const recovery = recover(["tree"]);
  const waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'insert into'";
  await expect.poll(() => rig.sql(waiting), { timeout: 20_000 }).toHaveLength(1);
  await other.query("commit");
  await other.end();
  expect((await recovery).tables[0]).toMatchObject({ missing: 1, written: { inserted: 0, updated: 0 } });
  expect(await rig.sql("select parent from tree where id = 15")).toEqual([{ parent: 1 }]);
});

it("copies between schemas that moved apart, and says what it leaves out", async () => {
  await rig.sql(
    "delete from orders where id = 11; alter table orders drop doc; alter table orders add state text not null default 'old'",
  );
  const { tables } = await recover(["orders"]);
  expect(tables[0]).toMatchObject({ leftOut: ["doc"], written: { inserted: 1 } });
  expect(await rig.sql("select item, state from orders where id = 11")).toEqual([{ item: "item 11", state: "old" }]);
  await rig.sql("alter table orders alter state drop default");
  await expect(recover(["orders"])).rejects.toThrow(
    "expected the columns state of public.orders among the rows to copy",
  );
  await recover(["orders=select *, 'given' as state from orders"], { write: false });
  await rig.sql("alter table orders drop state; alter table orders add doc json");
});

it("refuses what it cannot do, by name", async () => {
  await expect(recover(["gone"])).rejects.toThrow(
    "expected a table public.gone in the generation that serves, got none; make it",
  );
  await expect(recover(["plain"])).rejects.toThrow("expected a primary key of public.plain");
  await rig.sql("create table late (id int primary key)");
  await expect(recover(["late"])).rejects.toThrow(`expected a table public.late in ${kept.generation}, got none`);
  await rig.sql("drop table late");
  await expect(recover(["tree=select id, id as parent from tree, generate_series(1, 2)"])).rejects.toThrow(
    "expected each row of public.tree once by its key (id), got 15 keys more than once",
  );
  await expect(recover(["tree=delete from tree returning *"])).rejects.toThrow("syntax error");
  await expect(recover(["tree"], { from: "initial" })).rejects.toThrow(
    `(${kept.generation}), got initial, which serves`,
  );
});

it("copies more than fits into memory, without keeping it there", async () => {
  await rig.sql("create table big (id int primary key, filler text)");
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }, 20);
  const rows = "big=select n as id, repeat(md5(n::text), 200) as filler from generate_series(1, 20000) n";
  const { tables } = await recover([rows]).finally(() => clearInterval(watch));
  expect(tables[0]).toMatchObject({ rows: 20000, written: { inserted: 20000 } });
  // 128 MB of rows, which take twice as much where nothing waits.
  expect(most).toBeLessThan(170e6);
  await rig.sql("drop table big");
});

it("is a program that only counts unless it is told to write", async () => {
  await docker.createContainer({
    name: `${rig.stack}-pooler`,
    Image: databaseImage,
    Env: ["SWITCHBACK_DATABASE=app"],
    Labels: { "switchback.stack": rig.stack },
  });
  await rig.sql("delete from orders where id = 11");
  const program = ["operations/recover-rows.ts", rig.stack, `--from=${kept.generation}`];
  const run = async (...more: string[]) => (await promisify(execFile)(process.execPath, [...program, ...more])).stdout;
  expect(await run("--", "orders")).toMatch(
    /public\.orders +100 +1 +1 +98 +0 +5\n1 to insert, 0 to update; nothing was written\. To write them: the same with --yes\n$/,
  );
  expect(await count("orders")).toBe(104);
  expect(await run("--yes", "--", "orders", "lines")).toContain("written in one transaction; the way back: targetLsn");
  expect(await count("orders")).toBe(105);
  const [last] = (await readJournal(docker, rig.stack)).slice(-1);
  expect(last).toMatchObject({ event: "recovered-rows", tables: [{ inserted: 1 }, { inserted: 2 }] });
});

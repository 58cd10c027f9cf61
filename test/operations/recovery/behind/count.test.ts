import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../../../operations/database/connect.ts";
import { type Behind, countBehind } from "../../../../operations/recovery/behind.ts";
import { createRig, type Rig } from "../../backup/rig.ts";
import { goalOf, runGoal } from "../../database/goal.ts";
import { docker } from "../../database/rig.ts";

let rig: Rig;
let client: pg.Client;
beforeAll(async () => {
  rig = await createRig();
  client = await open();
  await client.query(
    "create table orders (id serial primary key, item text, note text); create table notes (id int primary key)",
  );
});
afterAll(async () => {
  await client?.end();
  await rig?.remove();
});

const open = () => connectDatabase(docker, { container: rig.container, database: "app", user: "postgres" });
const position = async (): Promise<string> =>
  (await client.query("select pg_current_wal_flush_lsn()::text as lsn")).rows[0].lsn;
const now = async (): Promise<string> =>
  (await client.query("select clock_timestamp() as now")).rows[0].now.toISOString();

/** What was committed while the work was done, counted from its position and from its moment. */
async function during(work: () => Promise<unknown>): Promise<{ byLsn: Behind; byTime: Behind }> {
  const [at, lsn] = [await now(), await position()];
  await new Promise((resolve) => setTimeout(resolve, 5));
  await work();
  return { byLsn: await countBehind(client, { lsn }), byTime: await countBehind(client, { at }) };
}

it("counts nothing where nothing was written", async () => {
  const { byLsn, byTime } = await during(async () => {});
  expect(byLsn).toMatchObject({ commits: 0, exact: true, walBytes: 0, lastCommitAt: null });
  expect(byTime).toMatchObject({ commits: 0, exact: true, lastCommitAt: null });
});

it("counts commits, what was rolled back, and the rows of each table", async () => {
  const { byLsn, byTime } = await during(async () => {
    for (let i = 0; i < 5; i++) await client.query("insert into orders (item) values ('tea'), ('salt')");
    await client.query("update orders set item = 'coffee' where id <= 3");
    await client.query("delete from orders where id = 1");
    await client.query("begin; insert into notes values (1); rollback");
    await client.query(
      "begin; insert into notes values (2); savepoint s; insert into notes values (3); release s; commit",
    );
    await client.query(
      "begin; insert into notes values (4); savepoint s; insert into notes values (5); rollback to s; commit",
    );
  });
  const tables = [
    { table: "public.orders", inserts: 10, updates: 3, deletes: 1 },
    { table: "public.notes", inserts: 3, updates: 0, deletes: 0 },
  ];
  expect(byLsn).toMatchObject({ commits: 9, exact: true, aborts: 2, tables });
  expect(byTime).toMatchObject({ commits: 9, exact: true, aborts: 2, tables });
  expect(byLsn.walBytes).toBeGreaterThan(1000);
  expect(Math.abs(Date.now() - Date.parse(byLsn.lastCommitAt!))).toBeLessThan(10_000);
});

it("counts a COPY by its rows, long values once, and changes of the schema", async () => {
  const { byLsn } = await during(async () => {
    await client.query("insert into notes select generate_series(100, 1099)");
    await client.query("insert into orders (note) select string_agg(md5(i::text), '') from generate_series(1, 2000) i");
    await client.query("create table labels (id int)");
    await rig.sh(rig.container, "seq 1 5000 | psql -Xq -h /run/postgresql -U postgres app -c 'copy labels from stdin'");
  });
  expect(byLsn.commits).toBe(4);
  const rows = Object.fromEntries(byLsn.tables!.map(({ table, inserts }) => [table, inserts]));
  expect(rows).toEqual({ "public.labels": 5000, "public.notes": 1000, "public.orders": 1 });
});

it("counts a transaction that began before and ended after", async () => {
  const other = await open();
  await other.query("begin; insert into notes values (2000)");
  const { byLsn, byTime } = await during(() => other.query("commit"));
  await other.end();
  expect(byLsn.commits).toBe(1);
  expect(byTime.commits).toBe(1);
});

it("does not count what is ours, what the server does by itself, and what changes nothing", async () => {
  const { byLsn, byTime } = await during(async () => {
    await rig.backup();
    await runGoal(goalOf(rig));
    await client.query("update switchback.heartbeat set seq = seq + 1, at = clock_timestamp()");
    for (const command of ["analyze", "vacuum orders"]) await client.query(command);
    await client.query("begin; select * from orders for update; commit");
    await client.query("alter role app_blue set default_transaction_read_only = on");
    await client.query("alter role app_blue reset default_transaction_read_only");
    await client.query("select pg_create_restore_point('here'), pg_switch_wal()");
  });
  expect(byLsn).toMatchObject({ commits: 0, exact: true, tables: [], lastCommitAt: null });
  expect(byTime).toMatchObject({ commits: 0, exact: true });
});

it("goes on exactly from where it counted to", async () => {
  const from = await position();
  await client.query("insert into notes values (3000)");
  const first = await countBehind(client, { lsn: from });
  await client.query("insert into notes values (3001)");
  await client.query("insert into notes values (3002)");
  const rest = await countBehind(client, { lsn: first.upTo });
  expect([first.commits, rest.commits]).toEqual([1, 2]);
});

it("says the most that it can be when the WAL is gone or there is no time", async () => {
  const [at, lsn] = [await now(), await position()];
  const { rows } = await client.query(
    "select pg_snapshot_xmax(pg_current_snapshot())::text as xid, seq::int as heartbeat from switchback.heartbeat",
  );
  for (let i = 0; i < 30; i++) await client.query("insert into notes select max(id) + 1 from notes");
  const hasty = await countBehind(client, { lsn }, 0.002);
  expect(hasty.exact).toBe(false);
  expect(hasty.commits).toBeGreaterThanOrEqual(30);
  for (let i = 0; i < 8; i++)
    for (const command of ["insert into notes select max(id) + 1 from notes", "select pg_switch_wal()", "checkpoint"])
      await client.query(command);
  await expect
    .poll(
      async () => {
        await client.query("select pg_switch_wal()");
        await client.query("checkpoint");
        return (await countBehind(client, { lsn })).exact;
      },
      { timeout: 20_000 },
    )
    .toBe(false);
  const byTime = await countBehind(client, { at });
  expect(byTime).toMatchObject({ exact: false, tables: null, lastCommitAt: null });
  expect(byTime.commits).toBe(38);
  await client.query("update switchback.heartbeat set seq = seq + 1");
  expect(await countBehind(client, { lsn, ...rows[0] })).toMatchObject({ commits: 38, exact: false });
  expect((await countBehind(client, { lsn })).commits).toBeGreaterThan(38);
});

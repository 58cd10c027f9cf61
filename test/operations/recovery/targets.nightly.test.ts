import { afterAll, beforeAll, expect, it } from "vitest";
import { readPoints } from "../../../operations/backup/catalogue.ts";
import { rolePassword } from "../../../stacks/passwords.ts";
import { secret } from "../database/goal.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";
import { position, startWriter, type Written } from "./writer.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig?.remove());

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const rowsOf = async (container: string) =>
  (await rig.query(container, "select id from events order by id")).map(({ id }) => id as number);

/** Runs `mark` in the middle of a stream of writes. */
async function amid<T>(mark: () => Promise<T>): Promise<{ marked: T; written: Written[] }> {
  const writer = await startWriter(rig.container);
  await writer.more(40);
  const marked = await mark();
  await writer.more(40);
  return { marked, written: await writer.stop() };
}

/** Exactly the rows whose commit is before the target; the one whose commit may be on either side is left out. */
function expectExact(rows: number[], written: Written[], lsn: string): void {
  const target = position(lsn);
  const must = written.filter(({ after }) => after <= target).map(({ id }) => id);
  const mustNot = written.filter(({ before }) => before >= target).map(({ id }) => id);
  expect(must.length).toBeGreaterThan(10);
  expect(mustNot.length).toBeGreaterThan(10);
  expect(rows).toEqual(expect.arrayContaining(must));
  expect(rows.filter((id) => mustNot.includes(id))).toEqual([]);
  expect(rows).toEqual(Array.from({ length: rows.length }, (_, at) => at + 1));
}

it("goes back to a backup point: nothing before it is missing, nothing after it is there", async () => {
  const { marked, written } = await amid(() => rig.backup());
  const made = await rig.restore({
    material: await rig.base({ kind: "name", name: marked.name }),
    expected: { head: "", point: marked.name },
  });
  expectExact(await rowsOf(made.container), written, marked.lsn);
  expect(made).toMatchObject({ state: "ready", way: "pgbackrest", tail: "whole", timeline: 2 });
  expect(position(made.stopLsn!)).toBeGreaterThanOrEqual(position(marked.lsn));
  expect(made.checks.filter(({ answer }) => answer === "no")).toEqual([]);
  expect(await rig.generation(made.generation)).toMatchObject({ state: "ready", timeline: 2 });
  expect(rig.journal.at(-1)).toMatchObject({ event: "restored", generation: made.generation, way: "pgbackrest" });
  const [point] = await readPoints(docker, rig.stack);
  expect((await rig.generation(made.generation)).systemIdentifier).toBe(point?.systemIdentifier);
});

it("goes back to a time: exactly the commits that are stamped before it", async () => {
  const { marked } = await amid(async () => (await rig.sql("select clock_timestamp()::text as at"))[0]!.at as string);
  const at = new Date(marked).toISOString();
  const made = await rig.restore({ material: await rig.base({ kind: "time", at, inclusive: false }) });
  const stamped = (sign: string) =>
    rig.sql(`select id from events where pg_xact_commit_timestamp(xmin) ${sign} '${at}' order by id`);
  expect((await stamped(">=")).length).toBeGreaterThan(10);
  expect(await rowsOf(made.container)).toEqual((await stamped("<")).map(({ id }) => id));
  expect(made.tail).toBe("archived");
  expect(Date.parse(made.lastCommitAt!)).toBeLessThan(Date.parse(at));
  expect(Date.parse(at) - Date.parse(made.lastCommitAt!)).toBeLessThan(500);
});

it("goes back to just before an LSN", async () => {
  const { marked, written } = await amid(
    async () => (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn"))[0]!.lsn as string,
  );
  const made = await rig.restore({ material: await rig.base({ kind: "lsn", lsn: marked, inclusive: false }) });
  expectExact(await rowsOf(made.container), written, marked);
});

it("goes back to a restore point made by hand, with an apostrophe in its name", async () => {
  const name = "before Ann's \\ import";
  const { marked, written } = await amid(async () => {
    const client = `select pg_create_restore_point(E'before Ann''s \\\\ import')::text as lsn`;
    return (await rig.sql(client))[0]!.lsn as string;
  });
  await rig.sql("select pg_switch_wal()");
  await sleep(1000);
  const made = await rig.restore({ material: await rig.base({ kind: "name", name }) });
  expectExact(await rowsOf(made.container), written, marked);
});

it("goes back to a backup itself", async () => {
  const [before] = await rig.sql("select max(id) as last from events");
  await rig.sh(rig.container, "pgbackrest --stanza=initial --type=diff backup");
  const material = await rig.base({ kind: "immediate" });
  await rig.sql("insert into events select max(id) + 1 from events");
  const made = await rig.restore({ material });
  expect(await rig.query(made.container, "select max(id) as last from events")).toEqual([before]);
});

it("lets nobody in from outside, and works inside", async () => {
  const made = await rig.restore({});
  const address = (await docker.getContainer(made.container).inspect()).NetworkSettings.Networks[rig.network]!
    .IPAddress;
  const login = (at: string) =>
    rig.sh(
      rig.container,
      `PGPASSWORD='${rolePassword(secret, rig.stack, "app_green")}' psql -XAtq -h ${at} -U app_green -d app -c 'select 1'`,
    );
  await expect(login(address)).rejects.toThrow("pg_hba.conf rejects connection");
  expect(await login(rig.address)).toBe("1\n");
  expect(await rig.query(made.container, "select 1 as one")).toEqual([{ one: 1 }]);
  await rig.sh(made.container, "rm /var/lib/postgresql/data/isolated_hba.conf");
  await rig.query(made.container, "select pg_reload_conf()");
  await expect.poll(() => login(address)).toBe("1\n");
});

it("goes back once more from what was restored, and again from the first", async () => {
  const first = await rig.restore({});
  await rig.setUp(first);
  await rig.query(first.container, "create table second as select 1 as one");
  const [mark] = await rig.query(first.container, "select pg_create_restore_point('second')::text as lsn");
  await rig.query(first.container, "drop table second");
  await rig.query(first.container, "select pg_switch_wal()");
  const again = await rig.restore({
    from: first.generation,
    material: await rig.base({ kind: "lsn", lsn: mark!.lsn as string, inclusive: false }, first.generation),
  });
  expect(again.timeline).toBe(3);
  expect(await rig.query(again.container, "select one from second")).toEqual([{ one: 1 }]);
  const other = await rig.restore({});
  expect(other.timeline).toBe(2);
  await rig.setUp(other);
  expect(await rig.query(other.container, "select to_regclass('second') as second")).toEqual([{ second: null }]);
});

it("does not touch what is ready, and refuses an operation whose place another one has taken", async () => {
  const asked = await rig.ask({});
  await expect(rig.run(asked, "another")).rejects.toThrow("another operation has begun since");
  const report = await rig.run(asked);
  const since = () =>
    rig.query(asked.container, "select pg_postmaster_start_time()::text as at, pg_current_wal_lsn()::text as lsn");
  const before = await since();
  expect(await rig.run(asked)).toEqual(report);
  expect(await since()).toEqual(before);
});

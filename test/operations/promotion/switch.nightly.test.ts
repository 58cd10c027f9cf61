import { afterAll, beforeAll, expect, it } from "vitest";
import { readJournal } from "../../../operations/live/journal.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";
import { startWriters } from "./writers.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.createRouter();
});
afterAll(() => rig?.remove());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const rowsIn = async (generation: string): Promise<Set<string>> => {
  const client = await rig.direct(generation);
  const { rows } = await client.query("select by from events");
  await client.end();
  return new Set(rows.map(({ by }) => by));
};
/** SHA-256 of every file of a volume, as its keeper reads it. */
const checksum = (generation: string) =>
  rig.sh(
    `${rig.containerOf(generation)}-keeper`,
    "cd /data && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum",
  );

it("recorded the first generation, and left a pooler that points to it alone", async () => {
  const { promotions, marker, generations } = await rig.catalogue();
  expect(promotions).toMatchObject([{ generation: "initial", from: null, kind: "first", end: null }]);
  expect(promotions[0]?.start.lsn).toMatch(/^0\/[0-9A-F]+$/);
  expect(marker.pending).toBeNull();
  expect(generations).toMatchObject([{ name: "initial", keepUntil: null }]);
  expect((await rig.state()).file).toMatchObject({ generation: "initial", pending: null, marker: null });
});

let restored: string;
it("moves writers to the restored generation without an error of theirs, and none writes to the old one afterwards", async () => {
  restored = await rig.ready();
  const writers = startWriters(rig, "switch");
  await sleep(500);
  const old = await rig.direct("initial");
  const result = await rig.promote(restored, { others: [] });
  await sleep(500);
  const { acknowledged, failures } = await writers.stop();
  expect(failures).toEqual([]);
  expect(result).toMatchObject({ generation: restored, from: "initial" });
  expect(result.behind).toBeGreaterThan(10);
  const { promotions, requests, generations } = await rig.catalogue();
  const event = promotions.at(-1)!;
  const [before, after] = [await rowsIn("initial"), await rowsIn(restored)];
  expect(acknowledged.filter(({ row }) => !before.has(row) && !after.has(row))).toEqual([]);
  expect(acknowledged.filter(({ row }) => after.has(row)).length).toBeGreaterThan(10);
  // After the restore point that ends it there is not one commit but those of the server itself.
  const { rows } = await old.query(
    `select count(*)::int as commits from pg_get_wal_records_info($1, pg_current_wal_flush_lsn())
      where resource_manager = 'Transaction' and record_type = 'COMMIT'`,
    [event.end!.lsn],
  );
  await old.end();
  expect(rows[0].commits).toBe(0);
  expect(event.end?.name).toMatch(/^end-/);
  expect(requests.at(-1)).toMatchObject({ generation: restored, state: "done" });
  expect(generations[0]?.keepUntil).not.toBeNull();
  expect((await rig.state()).file).toMatchObject({ generation: restored, pause: null, pending: null });
  expect((await rig.router()).file).toMatchObject({ hold: null, marker: { epoch: "r1", pending: null } });
});

it("has the end of what was left in its archive", async () => {
  const { end } = (await rig.catalogue()).promotions.at(-1)!;
  const old = await rig.direct("initial");
  const { rows } = await old.query("select pg_walfile_name($1::pg_lsn) as segment", [end!.lsn]);
  await old.end();
  const listed = await rig.sh(rig.container, "pgbackrest --stanza=initial repo-ls --recurse archive/initial");
  expect(listed).toContain(rows[0].segment);
});

it("stops what was left, and leaves it as it is: the next update changes not a byte of its volume", async () => {
  await rig.promote(restored);
  expect(await rig.running("initial")).toBe(false);
  expect(await rig.running(restored)).toBe(true);
  const before = await checksum("initial");
  const lines = (await readJournal(docker, rig.stack)).length;
  await rig.promote(restored);
  const client = await rig.open("green");
  await client.query("insert into events (by) values ('later')");
  await client.end();
  expect(await checksum("initial")).toBe(before);
  expect((await readJournal(docker, rig.stack)).length).toBe(lines);
  const { ExitCode } = (await docker.getContainer(rig.containerOf("initial")).inspect()).State;
  expect(ExitCode).toBe(0);
});

it("leaves nothing where more commits would stay behind than may, and says the line that allows it", async () => {
  const { promotions } = await rig.catalogue();
  const client = await rig.open("green");
  for (let i = 0; i < 3; i++) await client.query("insert into events (by) values ('kept')");
  const leaving = { generation: restored, container: rig.containerOf(restored), maxCommits: 3 };
  await expect(rig.promote("initial", { leaving })).rejects.toThrow(
    new RegExp(
      `expected at most 3 commits to stay behind in generation ${restored}, got (\\d+); .*pulumi config set --path allowDataLoss\\.${restored} \\1$`,
    ),
  );
  expect(await rig.running("initial")).toBe(false);
  await client.query("insert into events (by) values ('still here')");
  await client.end();
  const catalogue = await rig.catalogue();
  expect(catalogue.promotions).toEqual(promotions);
  expect(catalogue.marker.pending).toBeNull();
  expect((await rig.state()).file).toMatchObject({ generation: restored, pending: null });
});

it("goes back to the generation that is kept, under writers, and forth again", async () => {
  for (const [to, from] of [
    ["initial", restored],
    [restored, "initial"],
  ] as const) {
    const writers = startWriters(rig, `to-${to}`);
    await sleep(300);
    const leaving = { generation: from, container: rig.containerOf(from), maxCommits: 100_000 };
    const { heldSeconds } = await rig.promote(to, { leaving });
    await sleep(300);
    const { acknowledged, failures } = await writers.stop();
    expect(failures).toEqual([]);
    expect(heldSeconds).toBeGreaterThan(0);
    expect(await rig.serving()).toBe(to);
    expect(await rig.running(from)).toBe(false);
    const now = await rowsIn(to);
    const last = acknowledged.slice(-20).map(({ row }) => row);
    expect(last.filter((row) => !now.has(row))).toEqual([]);
  }
  const kinds = (await rig.catalogue()).promotions.map(({ kind }) => kind);
  expect(kinds).toEqual(["first", "recovery", "undo", "undo"]);
  const promoted = (await readJournal(docker, rig.stack)).filter(({ event }) => event === "promoted");
  expect(promoted.at(-1)).toMatchObject({ from: "initial", to: restored, kind: "undo", operation: "promotion" });
  expect(promoted.at(-1)?.behind).toBeGreaterThan(0);
});

it("ends a transaction that does not end by itself, and session entries, and says how many", async () => {
  const stuck = await rig.open("green");
  await stuck.query("begin; insert into events (by) values ('stuck')");
  const session = await rig.open("blue", "app_blue_session");
  await session.query("select 1");
  await rig.promote("initial");
  await expect(stuck.query("commit")).rejects.toThrow();
  await expect(session.query("select 1")).rejects.toThrow();
  await Promise.allSettled([stuck.end(), session.end()]);
  const promoted = (await readJournal(docker, rig.stack)).findLast(({ event }) => event === "promoted");
  expect(promoted?.cut).toBe(2);
});

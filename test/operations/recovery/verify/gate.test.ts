import { afterAll, beforeAll, expect, it } from "vitest";
import { readPoints } from "../../../../operations/backup/catalogue.ts";
import { readCatalogue } from "../../../../operations/generations/catalogue.ts";
import { gateFacts } from "../../../../operations/recovery/facts.ts";
import type { RestoreGoal } from "../../../../operations/recovery/goal.ts";
import { runGate } from "../../../../operations/recovery/verify/gate.ts";
import type { GateFacts } from "../../../../operations/recovery/verify/judge.ts";
import { docker } from "../../database/rig.ts";
import { createRig, type Rig } from "../rig.ts";

let rig: Rig;
let goal: RestoreGoal;
let facts: GateFacts;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql("insert into events select generate_series(1, 1000)");
  const { name } = await rig.backup();
  await rig.sql("delete from events");
  const asked = await rig.restore({
    material: await rig.base({ kind: "name", name }),
    expected: { head: "", point: name },
    smoke: ["select count(*) = 1000 from events"],
  });
  goal = asked.goal;
  facts = await gateFacts(docker, goal, (await readCatalogue(docker, rig.stack))!);
});
afterAll(() => rig?.remove());

const gate = (change: Partial<RestoreGoal> = {}, other: Partial<GateFacts> = {}) =>
  runGate({ docker, goal: { ...goal, ...change }, facts: { ...facts, ...other }, waitMilliseconds: 2000 });

it("passes what was restored, as often as it is asked", async () => {
  const { checks, found } = await gate();
  expect(checks.map(({ name, answer }) => [name, answer])).toEqual([
    ["promoted", "yes"],
    ["timeline", "yes"],
    ["system identifier", "yes"],
    ["stopped at the target", "yes"],
    ["target LSN reached", "yes"],
    ["heartbeat", "yes"],
    ["schema head", "yes"],
    ["collation versions", "yes"],
    ["smoke query `select count(*) = 1000 from events`", "yes"],
    ["catalogs (amcheck)", "yes"],
  ]);
  const point = (await readPoints(docker, rig.stack)).at(-1)!;
  expect(found).toMatchObject({ timeline: 2, head: "", heartbeat: point.heartbeat, collations: [] });
  expect(found.end).toEqual({ lsn: point.lsn, why: `at restore point "${point.name}"` });
});

it("refuses another timeline, another system and another target", async () => {
  await expect(gate({}, { timeline: 1 })).rejects.toThrow("timeline: expected 1, got 2");
  await expect(gate({}, { systemIdentifier: "1" })).rejects.toThrow("system identifier: expected 1, got 7");
  const material = { kind: "base" as const, label: "x", stop: { kind: "name" as const, name: "another" } };
  await expect(gate({ material })).rejects.toThrow(
    'stopped at the target: expected at restore point "another", got at restore point "safety-',
  );
  await expect(gate({}, { stopLsn: "F/0" })).rejects.toThrow("target LSN reached: expected F/0, got 0/");
  await expect(gate({ expected: { head: "0002", point: null } })).rejects.toThrow(
    "schema head: expected 0002, got none",
  );
});

it.each([
  ["select false", "expected true, got false"],
  ["select 1", "expected true, got 1"],
  ["select true from generate_series(1, 2)", "expected one row, got 2"],
  ["select from events where false", "expected one row, got 0"],
  ["select nothing", 'expected true, got an error: column "nothing" does not exist'],
  ["select pg_sleep(60) is null", "expected true, got an error: canceling statement due to statement timeout"],
  ["delete from events returning true", "got an error: cannot execute DELETE in a read-only transaction"],
  [
    "select true; commit; delete from events",
    "got an error: cannot insert multiple commands into a prepared statement",
  ],
  ["select pg_read_file('PG_VERSION') <> ''", "got an error: permission denied for function pg_read_file"],
])("refuses the smoke query %s", async (query, detail) => {
  await expect(gate({ smoke: [query, "select true"] })).rejects.toThrow(detail);
  expect(await rig.query(goal.container, "select count(*)::int as rows from events")).toEqual([{ rows: 1000 }]);
});

it("lists everything that is wrong at once, with what was expected and what was found", async () => {
  await expect(gate({ smoke: ["select false"] }, { timeline: 4 })).rejects.toThrow(
    /expected \S+ to be what was asked for, got 2 of 10 checks that failed: timeline: expected 4, got 2; smoke query `select false`: expected true, got false\. Nothing has switched/,
  );
});

it("does not take a server that still replays for one that is promoted", async () => {
  const waiting = await rig.ask({});
  await expect(gate({ container: waiting.container })).rejects.toThrow(
    /expected \S+ to be promoted within 2 s, got: expected to reach database app/,
  );
});

// From here on the restored data are damaged more and more.

it("refuses a heartbeat that is another, or that is missing", async () => {
  await rig.query(goal.container, "update switchback.heartbeat set seq = seq - 1");
  const { seq } = facts.point!.heartbeat;
  await expect(gate()).rejects.toThrow(
    `heartbeat: expected beat ${seq} of ${facts.point!.heartbeat.at}, got beat ${seq - 1}`,
  );
  await rig.query(goal.container, "delete from switchback.heartbeat");
  await expect(gate()).rejects.toThrow(/heartbeat: expected beat \d+ of \S+, got none/);
  await rig.query(goal.container, "drop table switchback.heartbeat");
  await expect(gate({}, { point: null })).rejects.toThrow(
    "heartbeat: expected a row in switchback.heartbeat, got none",
  );
});

it("refuses an order of text that the installed library does not have", async () => {
  await rig.query(goal.container, "update pg_database set datcollversion = '0' where datname = 'app'");
  await expect(gate()).rejects.toThrow(
    "collation versions: expected database app 0, got database app 1: indexes on text",
  );
});

it("finds a catalog with rows that cannot be right", async () => {
  await rig.query(
    goal.container,
    "update pg_class set relfrozenxid = pg_current_xact_id()::xid where oid = 'pg_attribute'::regclass",
  );
  await expect(gate()).rejects.toThrow(
    /catalogs \(amcheck\): expected nothing, got heap table "app\.pg_catalog\.pg_attribute", block \d+, .*precedes relation freeze threshold/,
  );
});

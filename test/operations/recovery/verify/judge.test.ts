import { describe, expect, it } from "vitest";
import type { Stop } from "../../../../operations/recovery/goal.ts";
import { judgeAmcheck } from "../../../../operations/recovery/verify/amcheck.ts";
import { assertPassed } from "../../../../operations/recovery/verify/check.ts";
import { judgeGate, position } from "../../../../operations/recovery/verify/judge.ts";
import { type Found, parseHistory } from "../../../../operations/recovery/verify/read.ts";
import { judgeSmoke } from "../../../../operations/recovery/verify/smoke.ts";
import { factsOf, foundOf, goalOf } from "./found.ts";

const to = (stop: Stop) => goalOf({ material: { kind: "base", label: "20261121-090000F", stop } });
const failed = (...of: Parameters<typeof judgeGate>) => judgeGate(...of).filter(({ answer }) => answer === "no");
const names = (...of: Parameters<typeof judgeGate>) => failed(...of).map(({ name }) => name);

describe("the gate", () => {
  it("lets a restore pass that is what was asked for", () => {
    const checks = judgeGate(goalOf(), factsOf(), foundOf());
    expect(checks.map(({ answer }) => answer)).toEqual(checks.map(() => "yes"));
    expect(checks.map(({ name }) => name)).toEqual([
      "promoted",
      "timeline",
      "system identifier",
      "stopped at the target",
      "target LSN reached",
      "heartbeat",
      "schema head",
      "collation versions",
    ]);
  });

  it.each<[string, Partial<Found>, string]>([
    ["timeline", { timeline: 1 }, "expected 2, got 1"],
    ["system identifier", { systemIdentifier: "1" }, "expected 7573000000000000001, got 1"],
    [
      "stopped at the target",
      { end: { lsn: "0/6000000", why: "no recovery target specified" } },
      'expected at restore point "safety-1", got no recovery target specified',
    ],
    [
      "stopped at the target",
      { end: { lsn: "0/5000110", why: 'at restore point "safety-10"' } },
      'expected at restore point "safety-1", got at restore point "safety-10"',
    ],
    [
      "target LSN reached",
      { end: { lsn: "0/4FFFFF8", why: 'at restore point "safety-1"' } },
      "expected 0/5000110, got 0/4FFFFF8",
    ],
    ["heartbeat", { heartbeat: null }, "expected beat 7 of 2026-11-21T10:00:00.000Z, got none"],
    [
      "heartbeat",
      { heartbeat: { seq: 6, at: "2026-11-21T09:59:00.000Z" } },
      "expected beat 7 of 2026-11-21T10:00:00.000Z, got beat 6 of 2026-11-21T09:59:00.000Z",
    ],
    [
      "heartbeat",
      { heartbeat: { seq: 7, at: "2026-11-21T10:00:00.001Z" } },
      "expected beat 7 of 2026-11-21T10:00:00.000Z, got beat 7 of 2026-11-21T10:00:00.001Z",
    ],
    ["schema head", { head: "" }, "expected 0003_cents, got none"],
    [
      "collation versions",
      { collations: [{ name: "database app", recorded: "2.36", actual: "2.41" }] },
      "expected database app 2.36, got database app 2.41: indexes on text may be in the wrong order; use the image that the data was written with",
    ],
  ])("refuses another %s", (name, change, detail) => {
    expect(failed(goalOf(), factsOf(), foundOf(change))).toEqual([{ name, answer: "no", detail }]);
  });

  it("takes the scheduler's beat right after the point's for the same moment, and no later one", () => {
    const next = (seconds: string, seq = 8) => foundOf({ heartbeat: { seq, at: `2026-11-21T10:00:${seconds}Z` } });
    expect(names(goalOf(), factsOf(), next("00.200"))).toEqual([]);
    expect(names(goalOf(), factsOf(), next("30.000"))).toEqual(["heartbeat"]);
    expect(names(goalOf(), factsOf(), next("00.200", 9))).toEqual(["heartbeat"]);
  });

  it("lets no row of a later moment than the one asked for pass", () => {
    const goal = to({ kind: "time", at: "2026-11-21T12:00:00.5+02:00", inclusive: false });
    const facts = factsOf({ point: null });
    const end = { lsn: "0/5000110", why: "before 2026-11-21 10:00:00.61+00" };
    const beat = (at: string) => foundOf({ end, heartbeat: { seq: 9, at } });
    expect(names(goal, facts, beat("2026-11-21T10:00:00.500Z"))).toEqual([]);
    expect(names(goal, facts, beat("2026-11-21T10:00:00.501Z"))).toEqual(["heartbeat"]);
    expect(names(goal, facts, foundOf({ end, heartbeat: null }))).toEqual(["heartbeat"]);
    expect(names(goal, facts, foundOf())).toEqual(["stopped at the target"]);
  });

  it("wants replay to have ended for the reason that was asked for", () => {
    const lsn = to({ kind: "lsn", lsn: "0/5000110", inclusive: false });
    const why = (text: string) => foundOf({ end: { lsn: "0/5000110", why: text } });
    expect(names(lsn, factsOf({ point: null }), why("before LSN 0/5000110"))).toEqual([]);
    expect(names(lsn, factsOf({ point: null }), why("before 2026-11-21 10:00:00+00"))).toEqual([
      "stopped at the target",
    ]);
    expect(names(to({ kind: "immediate" }), factsOf({ point: null }), why("reached consistency"))).toEqual([]);
    expect(names(lsn, factsOf({ point: null }), foundOf({ end: null }))).toEqual([
      "stopped at the target",
      "target LSN reached",
    ]);
  });

  it("asks a dump for no timeline and no LSN, and says of a head that nobody recorded that it is unknown", () => {
    const goal = goalOf({
      material: { kind: "dump", name: "dump-1", file: "/x", sha256: "y" },
      expected: { head: null, point: null },
    });
    const facts = factsOf({ timeline: null, stopLsn: null, systemIdentifier: null, point: null });
    const checks = judgeGate(goal, facts, foundOf({ timeline: 1, end: null, systemIdentifier: "9" }));
    expect(checks.map(({ name, answer }) => `${name} ${answer}`)).toEqual([
      "promoted yes",
      "heartbeat yes",
      "schema head unknown",
      "collation versions yes",
    ]);
  });

  it("lists everything that failed in one error", () => {
    const checks = judgeGate(goalOf(), factsOf(), foundOf({ timeline: 3, heartbeat: null }));
    expect(() => assertPassed("prod-database-x", checks)).toThrow(
      "expected prod-database-x to be what was asked for, got 2 of 8 checks that failed: timeline: expected 2, got 3; heartbeat: expected beat 7 of 2026-11-21T10:00:00.000Z, got none. Nothing has switched",
    );
    expect(() => assertPassed("x", judgeGate(goalOf(), factsOf(), foundOf()))).not.toThrow();
  });
});

it("takes an LSN in a page's header for the page's begin, and no other", () => {
  expect(position("0/5000028")).toBe(position("0/5000000"));
  expect(position("0/5002018")).toBe(position("0/5002000"));
  expect(position("0/5000030")).toBe(0x5000030n);
  expect(position("1/0")).toBe(2n ** 32n);
  expect(position("0/4FFFFF8") < position("0/5000000")).toBe(true);
});

it("reads why replay ended from the last line of a history", () => {
  const text = `1\t0/3000000\tno recovery target specified\n\n2\t0/5000110\tat restore point "it's\t1"\n`;
  expect(parseHistory(text)).toEqual({ lsn: "0/5000110", why: `at restore point "it's\t1"` });
  expect(parseHistory(null)).toBeNull();
});

it.each<[unknown[][], string, string]>([
  [[[true]], "yes", "true"],
  [[[true, false]], "yes", "true"],
  [[[false]], "no", "expected true, got false"],
  [[["t"]], "no", 'expected true, got "t"'],
  [[[null]], "no", "expected true, got null"],
  [[[]], "no", "expected true, got no column"],
  [[], "no", "expected one row, got 0"],
  [[[true], [true]], "no", "expected one row, got 2"],
])("judges a smoke query that returns %j", (rows, answer, detail) => {
  expect(judgeSmoke("smoke", rows)).toEqual({ name: "smoke", answer, detail });
});

it("tells a check that found something from one that had no time", () => {
  const run = (exitCode: number, stdout = "", stderr = "") => judgeAmcheck("all", { exitCode, stdout, stderr }, 20);
  expect(run(0).answer).toBe("yes");
  expect(run(124)).toEqual({ name: "all", answer: "unknown", detail: "not finished within 20 s" });
  expect(run(2, 'heap table "app.pg_catalog.pg_class", block 3:\n    invalid\n').detail).toBe(
    'expected nothing, got heap table "app.pg_catalog.pg_class", block 3: invalid',
  );
  expect(run(1, "", "pg_amcheck: error: connection failed").answer).toBe("no");
  expect(run(137).detail).toBe("expected nothing, got exit 137");
});

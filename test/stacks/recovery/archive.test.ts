import { describe, expect, it } from "vitest";
import type { RecoveryTarget } from "../../../operations/generations/format.ts";
import { judgeReplay } from "../../../stacks/recovery/archive.ts";
import type { ArchivedSegment, RecoveryFacts } from "../../../stacks/recovery/facts.ts";
import { parseSegments } from "../../../stacks/recovery/probe-repository.ts";
import { describeWindow } from "../../../stacks/recovery/reach.ts";
import { resolveTarget } from "../../../stacks/recovery/resolve.ts";
import { at, dead, facts, restored, segment, segments, server } from "./history.ts";

// Segments 3 (01:00) to 14 (06:30) of the first generation.
const all = segments(1, 3, 14, "01:00");
const without = (...numbers: readonly number[]) =>
  all.filter(({ name }) => !numbers.some((number) => name === segment(1, number)));

function judged(target: RecoveryTarget, present: readonly ArchivedSegment[] = all, given: RecoveryFacts = facts()) {
  const resolved = resolveTarget(target, given);
  if ("refused" in resolved) throw new Error(resolved.refused);
  const replay = judgeReplay(given, resolved.found, { value: present })!;
  return { told: `${replay.condition.answer}: ${replay.condition.detail}`, bytes: replay.bytes };
}
const time = (text: string): RecoveryTarget => ({ kind: "time", at: at(text) });
const name = (text: string): RecoveryTarget => ({ kind: "backup", name: text });
const point = name("safety-20261120T030000Z-a1");

it("counts the WAL from the base to the first segment that was archived after the time", () => {
  expect(judged(time("04:10"))).toEqual({
    told: "yes: 20261120-010000F of 2026-11-20T01:00:00.000Z, 1.0 GB; 135 MB of WAL from it to the target, without a gap",
    bytes: 8 * 16 * 1024 * 1024,
  });
  expect(judged(point).bytes).toBe(3 * 16 * 1024 * 1024);
  expect(judged(name("20261120-050000F")).bytes).toBe(16 * 1024 * 1024);
  expect(judged({ kind: "lsn", lsn: "0/7FFFFFF" }).bytes).toBe(5 * 16 * 1024 * 1024);
});

describe("a gap", () => {
  it("before the target refuses it, and says which time is before it", () => {
    expect(judged(time("04:10"), without(6, 7)).told).toBe(
      `no: expected every WAL segment from the base 20261120-010000F to the target in the repository, got a gap: ${segment(1, 6)}, ${segment(1, 7)}; name a time before ${at("02:00")}; the window: 2026-11-20T01:00:01.000Z to now (initial)`,
    );
    expect(judged(point, without(4)).told).toMatch(/^no: .*got a gap/);
    expect(judged(name("20261120-050000F"), without(9)).told).toMatch(/^no: .*name a time before /);
  });

  it("after the target, or before the base, does not matter", () => {
    expect(judged(point, without(6, 7)).told).toMatch(/^yes/);
    expect(judged(time("05:30"), without(6, 7)).told).toMatch(/^yes/);
  });

  it("is where a segment is gone that a name was seen in", () => {
    expect(judged(point, segments(1, 3, 4, "01:00")).told).toMatch(/^no: .*got a gap: 000000010000000000000005/);
    expect(judged(point, []).told).toMatch(/^no: .*name a time before that base, or after a later one/);
  });
});

describe("a target after the last segment", () => {
  it("is reached by what a server archives first, also when it is idle", () => {
    expect(judged(time("12:00")).told).toMatch(
      /^yes: .*, and what was written since 2026-11-20T06:30:00.000Z, which is archived first$/,
    );
    expect(judged({ kind: "lsn", lsn: "0/F000000" }).told).toMatch(/^yes: .* which is archived first$/);
  });

  it("is refused where the server believes WAL to be archived that is not there", () => {
    const given = facts({ server: { value: server({ gap: true }) } });
    expect(judged(time("12:00"), all, given).told).toMatch(/^no: .*got a gap: it was archived and is not there/);
    expect(describeWindow(given)).toBe("2026-11-20T01:00:01.000Z to the last of its WAL (initial)");
    expect(judged(time("04:10"), all, given).told).toMatch(/^yes/);
  });

  it("is unknown where the server is dead: only its volume has the rest", () => {
    const given = facts({ server: dead });
    expect(judged(time("06:00"), all, given).told).toMatch(/^yes/);
    expect(judged(time("11:00"), all, given).told).toMatch(/^unknown: .* is on the volume of initial alone/);
  });

  it("is refused after the last commit of a generation that was left, whose end has a name", () => {
    expect(judged(time("09:59"), all, restored()).told).toMatch(
      /^no: .*pulumi config set targetBackup end-of-initial-10:00$/,
    );
    expect(judged(time("09:59"), segments(1, 3, 12, "01:00"), restored()).told).toMatch(/^unknown/);
  });
});

it("says when the repository could not be listed", () => {
  const resolved = resolveTarget(point, facts());
  if ("refused" in resolved) throw new Error(resolved.refused);
  expect(judgeReplay(facts(), resolved.found, dead)).toMatchObject({
    condition: { answer: "unknown" },
    bytes: undefined,
  });
});

it("reads what pgBackRest lists of several folders", () => {
  const listed = (...names: readonly string[]) =>
    JSON.stringify(Object.fromEntries(names.map((name) => [name, { size: 1, time: 1763600400, type: "file" }])));
  const printed = `${listed(`${segment(1, 4)}-5a5a.zst`, `${segment(1, 3)}-5b.zst`, "00000002.history")}\n\n{}\n${listed(`${segment(1, 3)}.00000028.backup`)}\n`;
  expect(parseSegments(printed)).toEqual(
    [3, 4].map((number) => ({ name: segment(1, number), at: "2025-11-20T01:00:00.000Z" })),
  );
});

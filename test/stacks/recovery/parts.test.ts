import { expect, it } from "vitest";
import type { Behind } from "../../../operations/recovery/behind.ts";
import { allowanceCondition } from "../../../stacks/recovery/allowance.ts";
import type { PastRestore } from "../../../stacks/recovery/facts.ts";
import { judgeSpace } from "../../../stacks/recovery/space.ts";
import { parseStanzas } from "../../../stacks/recovery/stanza.ts";
import { estimateSeconds, tellBehind } from "../../../stacks/recovery/story.ts";
import { bytesBetween, compareLsn, segmentEnd, segmentOf, segmentsBetween } from "../../../stacks/recovery/wal.ts";
import { base, dead, segment, stanza } from "./history.ts";

const stored = parseStanzas(JSON.stringify([stanza("initial", [base("01:00", 1, 3)], segment(1, 9))])).get("initial")!;

it("calculates with positions and segments over the border of 4 GB", () => {
  expect(compareLsn("0/FFFFFFFF", "1/0")).toBeLessThan(0);
  expect(bytesBetween("0/FF000000", "1/1000000")).toBe(2 ** 25);
  expect(segmentOf("1/1000028", 3)).toBe("000000030000000100000001");
  expect(segmentEnd("0000000100000000000000FF")).toBe("1/0");
  expect(segmentsBetween("0000000100000000000000FE", "000000010000000100000001")).toBe(4);
});

it("reads the backups of the last system of each stanza, and which of them stand on broken ones", () => {
  const old = base("00:30", 1, 2, { database: { id: 1, "repo-key": 1 }, label: "old" });
  const own = { database: { id: 2, "repo-key": 1 } };
  const full = base("01:00", 1, 3, { ...own, error: true });
  const diff = base("02:00", 1, 4, {
    ...own,
    reference: [full.label],
    type: "diff",
    info: { size: 7, repository: { delta: 3 } },
  });
  const text = JSON.stringify([
    {
      name: "initial",
      archive: [
        { database: { id: 1 }, id: "16-1", min: "a", max: "b" },
        { database: { id: 2 }, id: "17-2", min: null, max: null },
      ],
      backup: [old, diff, full],
      db: [
        { id: 1, "system-id": 1, version: "16" },
        { id: 2, "system-id": 2, version: "17" },
      ],
    },
    { name: "empty", archive: [], backup: [], db: [] },
  ]);
  const found = parseStanzas(text);
  expect(found.get("initial")).toMatchObject({ archiveId: "17-2", lastSegment: null, postgres: "17" });
  expect(found.get("initial")!.bases.map(({ label, broken, bytes }) => [label, broken, bytes])).toEqual([
    [full.label, true, 1e9],
    [diff.label, true, 7],
  ]);
  expect(found.get("empty")).toMatchObject({ archiveId: null, postgres: null, bases: [] });
});

it("asks for room for the copy, for the WAL and for the first base, once where both are on one disk", () => {
  const [only] = stored.bases;
  const space = (data: number, backups: number, device = "b", elsewhere = false) => {
    const disks = { value: { data: { device: "a", free: data }, backups: { device, free: backups } } };
    const { answer, detail } = judgeSpace(disks, only, { bases: stored.bases, walBytes: 5e8, elsewhere });
    return `${answer}: ${detail}`;
  };
  expect(space(1.5e9, 2e8)).toMatch(
    /^yes: 1.5 GB for the copy and 200 MB for its first base; 1.5 GB are free and 200 MB$/,
  );
  expect(space(1.4e9, 2e8)).toMatch(/^no: expected 1.5 GB free on the disk of the data .* got 1.4 GB/);
  expect(space(2e9, 1e8)).toMatch(/^no: expected 200 MB free on the disk of the backups/);
  expect(space(1.6e9, 1.6e9, "a")).toMatch(/^no: expected 1.7 GB free on the disk of the data/);
  expect(space(1.6e9, 0, "a", true)).toMatch(/^yes/);
  const free = { value: { data: { device: "a", free: 1.6e9 }, backups: { device: "b", free: 2e8 } } };
  const files = judgeSpace(free, only, { bases: stored.bases, walBytes: 5e8, fileBytes: 2e8, elsewhere: false });
  expect(`${files.answer}: ${files.detail}`).toMatch(
    /^no: expected 1.7 GB free .* for the copy, 200 MB for files and /,
  );
  expect(judgeSpace(dead, only, { bases: [], elsewhere: false }).answer).toBe("unknown");
  expect(judgeSpace(dead, undefined, { bases: [], elsewhere: false }).answer).toBe("yes");
});

it("estimates from the last runs: what is fixed, what grows with the data, what grows with the WAL", () => {
  const run = (changes: Partial<PastRestore>): PastRestore => ({
    seconds: 16,
    copySeconds: 4,
    replaySeconds: 10,
    bytes: 1e9,
    walBytes: 5e8,
    way: "pgbackrest",
    ...changes,
  });
  const [only] = stored.bases;
  expect(estimateSeconds({ value: [run({})] }, only, 1e9)).toBeCloseTo(2 + 4 + 20);
  expect(estimateSeconds({ value: [run({}), run({ way: "dump", seconds: 900 })] }, only, 1e9)).toBeCloseTo(26);
  expect(estimateSeconds({ value: [run({ walBytes: 0, replaySeconds: 1, seconds: 7 })] }, only, 0)).toBeCloseTo(6);
  expect(estimateSeconds({ value: [] }, only, 1e9)).toBeUndefined();
  expect(estimateSeconds(dead, only, 1e9)).toBeUndefined();
});

const behind = (changes: Partial<Behind> = {}): { value: Behind } => ({
  value: { commits: 7, exact: true, aborts: 1, walBytes: 3e6, tables: [], lastCommitAt: "t", upTo: "0/0", ...changes },
});

it("lets as many commits stay behind as the config says, and names the command", () => {
  const answer = (allowed: number | undefined, found: Parameters<typeof allowanceCondition>[2], growing = false) => {
    const { answer, detail } = allowanceCondition("initial", allowed, found, growing);
    return `${answer}: ${detail}`;
  };
  expect(answer(undefined, behind())).toMatch(
    /^no: .* 7 commits .* got none: pulumi config set --path allowDataLoss.initial 7$/,
  );
  expect(answer(6, behind())).toMatch(/^no/);
  expect(answer(7, behind())).toBe("yes: 7 commits would stay behind in initial, of at most 7");
  expect(answer(7, behind({ exact: false, commits: 9 }))).toMatch(/^no: .* up to 9 commits/);
  expect(answer(undefined, behind({ commits: 0 }))).toMatch(/^yes/);
  expect(answer(undefined, behind({ commits: 0 }), true)).toMatch(/^no: .*grows until the switch/);
  expect(answer(undefined, dead)).toMatch(/^no/);
  expect(answer(5, dead)).toMatch(/^unknown/);
});

it("tells what stays behind as far as it is known", () => {
  const tables = Array.from({ length: 6 }, (_, index) => ({
    table: `public.t${index}`,
    inserts: 1,
    updates: 2,
    deletes: 3,
  }));
  expect(tellBehind("initial", behind({ tables }))).toBe(
    "behind in initial stay 7 commits, 1 rolled back, 3 MB of WAL, the last at t; by table, as an estimate: public.t0 +1 ~2 -3, public.t1 +1 ~2 -3, public.t2 +1 ~2 -3, public.t3 +1 ~2 -3, public.t4 +1 ~2 -3 and 1 more tables",
  );
  expect(
    tellBehind("initial", behind({ exact: false, aborts: null, walBytes: null, tables: null, lastCommitAt: null })),
  ).toBe("behind in initial stay up to 7 commits");
  expect(tellBehind("initial", dead)).toMatch(/could not be counted/);
});

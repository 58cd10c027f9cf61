import { expect, test } from "vitest";
import { expectations, level1Json } from "../../scripts/bench/report.ts";
import { expectations as expectations2, level2Json } from "../../scripts/bench/report-level2.ts";
import { expectations as expectations3, type Level3Samples, level3Json } from "../../scripts/bench/report-level3.ts";

const samples = {
  requests: 5000,
  failed: 0,
  webSocketsDropped: 0,
  moves: [0.05, 0.06, 0.19],
  ups: [2, 2.2, 3],
  noopUps: [1.9, 2, 2.1],
  shell: { failed: 4, moves: [0.25, 0.26, 0.27] },
};

test("the file says what was measured, with the ratio of this run", () => {
  expect(level1Json(samples)).toEqual({
    switches: 3,
    requests: 5000,
    failed: 0,
    webSocketsDropped: 0,
    moveSeconds: { p50: 0.06, p95: 0.19, max: 0.19 },
    upSeconds: { p50: 2.2, p95: 3, max: 3 },
    noopUpSeconds: { p50: 2, p95: 2.1, max: 2.1 },
    ratioToNoop: 1.1,
    shell: { failed: 4, moveSeconds: { p50: 0.26, p95: 0.27, max: 0.27 } },
  });
});

test("a lost request, a dropped WebSocket, a slow move and a slow `up` each miss an expectation", () => {
  const met = (changes: Partial<typeof samples>) =>
    expectations(level1Json({ ...samples, ...changes })).map((expectation) => expectation.met);
  expect(met({})).toEqual([true, true, true, true]);
  expect(met({ failed: 1 })).toEqual([false, true, true, true]);
  expect(met({ webSocketsDropped: 1 })).toEqual([true, false, true, true]);
  expect(met({ moves: [0.1, 0.201] })).toEqual([true, true, false, true]);
  expect(met({ ups: [3.1] })).toEqual([true, true, true, false]);
});

const samples2 = {
  requests: 9000,
  failed: 0,
  cut: 0,
  held: [1.2, 1.4, 2.1],
  ups: [8, 9, 12],
  noopUps: [3, 3, 4],
  ledger: { acknowledged: 900, missing: 0, examples: [] },
};

test("the file of level 2 says what was measured, with the ledger's two numbers", () => {
  expect(level2Json(samples2)).toEqual({
    changes: 3,
    requests: 9000,
    failed: 0,
    cut: 0,
    heldSeconds: { p50: 1.4, p95: 2.1, max: 2.1 },
    upSeconds: { p50: 9, p95: 12, max: 12 },
    noopUpSeconds: { p50: 3, p95: 4, max: 4 },
    ratioToNoop: 3,
    ledger: { acknowledged: 900, missing: 0 },
  });
});

test("a lost request, one that was cut, a lost order, a long hold and a slow `up` each miss an expectation", () => {
  const missed = (changes: Partial<typeof samples2>) =>
    expectations2(level2Json({ ...samples2, ...changes })).flatMap(({ met }, index) => (met ? [] : [index]));
  expect(missed({})).toEqual([]);
  expect(missed({ failed: 1 })).toEqual([0]);
  expect(missed({ cut: 1 })).toEqual([1]);
  expect(missed({ ledger: { acknowledged: 9, missing: 1, examples: [] } })).toEqual([2]);
  expect(missed({ ledger: { acknowledged: 0, missing: 0, examples: [] } })).toEqual([2]);
  expect(missed({ held: [5.1] })).toEqual([3]);
  expect(missed({ ups: [30.1] })).toEqual([4]);
});

const samples3: Level3Samples = {
  recovery: {
    ...{ upSeconds: 20, restoreSeconds: 6, copySeconds: 0.1, replaySeconds: 5, bytes: 1e9 },
    ...{ way: "clone", base: "base-x", generation: "restored-x" },
  },
  raw: { copySeconds: 0.1, replaySeconds: 4.9, rawSeconds: 5 },
  ...{ rows: 100, left: 100, undoSeconds: 6 },
  sizes: [
    { bytes: 2e8, copySeconds: 0.08, way: "clone" },
    { bytes: 2e9, copySeconds: 0.21, way: "clone" },
  ],
};

test("the file of level 3 says what was measured, by what it is made of, and the copies by size", () => {
  expect(level3Json(samples3)).toMatchObject({
    ...{ upSeconds: 20, restoreSeconds: 6, copySeconds: 0.1, replaySeconds: 5, undoSeconds: 6 },
    ...{ rawSeconds: 5, rawCopySeconds: 0.1, rawReplaySeconds: 4.9, ratioToRaw: 1.2 },
    ...{ missing: 0, extra: 0, way: "clone", bytes: 1e9, sizes: samples3.sizes },
  });
});

test("a slow restore, a row too few or too many, and a clone that takes longer for more each miss an expectation", () => {
  const missed = (changes: Partial<Level3Samples>) =>
    expectations3(level3Json({ ...samples3, ...changes })).flatMap(({ met }, index) => (met ? [] : [index]));
  expect(missed({})).toEqual([]);
  expect(missed({ raw: { ...samples3.raw, rawSeconds: 4.9 } })).toEqual([0]);
  expect(missed({ left: 99 })).toEqual([1]);
  expect(missed({ left: 101 })).toEqual([1]);
  const grown = [samples3.sizes[0]!, { ...samples3.sizes[1]!, copySeconds: 0.8 }];
  expect(missed({ sizes: grown })).toEqual([2]);
  const recovery = { ...samples3.recovery, way: "pgbackrest" as const };
  expect(missed({ recovery, sizes: grown })).toEqual([]);
});

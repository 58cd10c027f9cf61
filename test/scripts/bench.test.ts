import { expect, test } from "vitest";
import { expectations, level1Json } from "../../scripts/bench/report.ts";

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

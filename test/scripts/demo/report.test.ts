import { expect, test } from "vitest";
import type { Level2Run } from "../../../scripts/demo/level2.ts";
import type { Level3Run } from "../../../scripts/demo/level3.ts";
import { demoJson, demoTable } from "../../../scripts/demo/report.ts";
import type { DemoRun } from "../../../scripts/demo/run.ts";
import type { RequestRecord } from "../../../scripts/load/result.ts";
import type { Move } from "../../../scripts/moves.ts";
import type { Switch } from "../../../scripts/switches.ts";

const at = (start: number, end: number, color: string, failure: string | null = null): RequestRecord => ({
  kind: "post",
  start,
  end,
  color,
  failure,
});
const webSockets = { opened: 0, closed: 0, dropped: 0, refused: 0 };
const made = (to: "blue" | "green", from: number): Switch => ({
  to,
  from,
  until: from + 900,
  switching: from + 100,
  upSeconds: 3.5,
  output: "",
});
const run: DemoRun = {
  url: "http://127.0.0.1:1",
  firstUpSeconds: 14,
  noopUpSeconds: [3, 3.1, 3.2],
  switches: [made("blue", 1000), made("green", 2000)],
  killedAt: 4000,
  rescue: made("blue", 4000),
  load: {
    requests: [at(1050, 1060, "green"), at(1120, 1130, "green"), at(2150, 2160, "green"), at(4010, 4011, "", "502")],
    webSockets,
    acknowledged: [],
  },
};
const move = (from: number, upSeconds: number): Move => ({
  from,
  until: from + 5000,
  upSeconds,
  lost: 0,
  cut: 0,
  output: "",
});
const level2: Level2Run = {
  noopUpSeconds: [3, 3.4],
  forward: move(10_000, 8),
  back: move(20_000, 9.25),
  load: { requests: [at(11_000, 13_500, "green"), at(21_000, 24_000, "blue")], webSockets, acknowledged: [] },
  ledger: { acknowledged: 700, missing: 0, examples: [] },
};
const level3: Level3Run = {
  recovery: {
    upSeconds: 14,
    restoreSeconds: 4.5,
    copySeconds: 2,
    replaySeconds: 2.25,
    way: "pgbackrest",
    bytes: 42_000_000,
    base: "20261121-020000F",
    generation: "restored-1",
    output: "",
  },
  raw: { copySeconds: 2, replaySeconds: 2, rawSeconds: 4 },
  missing: 0,
  extra: 0,
  undoSeconds: 6,
};

test("the file of the demo has level 1 with its percentiles, level 2 with the worst of both ways, and level 3", () => {
  expect(demoJson(run, level2, level3)).toEqual({
    level1: {
      switches: 2,
      requests: 3,
      failed: 0,
      moveSeconds: { p50: 0, max: 0.02 },
      upSeconds: { p50: 3.5, max: 3.5 },
      noopUpSeconds: { p50: 3.1 },
    },
    activeColorDead: { requests: 1, failed: 1, upSeconds: 3.5, recoveredSeconds: 0.01 },
    level2: {
      failed: 0,
      requests: 2,
      upSeconds: 9.25,
      heldSeconds: 3,
      noopUpSeconds: 3.4,
      ledger: { acknowledged: 700, missing: 0 },
    },
    level3: {
      upSeconds: 14,
      restoreSeconds: 4.5,
      rawSeconds: 4,
      missing: 0,
      extra: 0,
      way: "pgbackrest",
      bytes: 42_000_000,
      undoSeconds: 6,
    },
  });
});

test("the table of the demo says of each change how long it took, and how many requests met it", () => {
  const table = demoTable(run, level2, level3);
  expect(table).toMatch(/^green -> blue 1\.1\.0, schema 4 -> 3: whole `up` +9\.250 +1 +0$/m);
  expect(table).toMatch(/^ {2}longest that a request was held +3\.000$/m);
  expect(table).toMatch(/^ {2}the same restore by hand +4\.000$/m);
  expect(table).toMatch(/^load of level 1 +2\.961 +4 +1$/m);
});

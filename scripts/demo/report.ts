import { heldSeconds, percentile, type RequestRecord, totals } from "../load/result.ts";
import type { Move } from "../moves.ts";
import { type Switch, secondsToMove } from "../switches.ts";
import { inSeconds, renderTable, rounded } from "../table.ts";
import type { Level2Run } from "./level2.ts";
import type { Level3Run } from "./level3.ts";
import type { DemoRun } from "./run.ts";

/** The table at the end of the demo: what, seconds, requests, failed. */
export function demoTable(run: DemoRun, level2: Level2Run, level3: Level3Run): string {
  const { requests } = run.load;
  const rows: string[][] = [["bring the stack up", inSeconds(run.firstUpSeconds), "", ""]];
  rows.push([
    `\`up\` with nothing to do (p50 of ${run.noopUpSeconds.length})`,
    inSeconds(percentile(run.noopUpSeconds, 50)),
    "",
    "",
  ]);
  for (const made of run.switches) {
    rows.push(
      ...switchRows(
        `${made.to === "blue" ? "green -> blue" : "blue -> green"}: whole \`up\``,
        made,
        made.from,
        requests,
      ),
    );
  }
  rows.push(...switchRows("green killed: whole `switchback rollback`", run.rescue, healthyUntil(run), requests));
  rows.push(loadRow("load of level 1", requests));
  rows.push(...moveRows("blue -> green 2.1.0, schema 2 -> 4", level2.forward, level2.load.requests));
  rows.push(...moveRows("green -> blue 1.1.0, schema 4 -> 3", level2.back, level2.load.requests));
  rows.push(loadRow("load of level 2", level2.load.requests));
  const { recovery, raw } = level3;
  rows.push(["the data of a moment: whole `up`", inSeconds(recovery.upSeconds), "", ""]);
  rows.push([`  restored and verified (${recovery.way})`, inSeconds(recovery.restoreSeconds), "", ""]);
  rows.push(["  the same restore by hand", inSeconds(raw.rawSeconds), "", ""]);
  rows.push(["undo of it: whole `up`", inSeconds(level3.undoSeconds), "", ""]);
  return renderTable(["what", "seconds", "requests", "failed"], rows);
}

function switchRows(what: string, made: Switch, from: number, requests: readonly RequestRecord[]): string[][] {
  const { requests: count, failed } = totals(requests, from, made.until);
  return [
    [what, inSeconds(made.upSeconds), `${count}`, `${failed}`],
    ["  traffic moved, from the gate passed", inSeconds(secondsToMove(made, requests)), "", ""],
  ];
}

function moveRows(name: string, move: Move, requests: readonly RequestRecord[]): string[][] {
  const { requests: count, failed } = totals(requests, move.from, move.until);
  return [
    [`${name}: whole \`up\``, inSeconds(move.upSeconds), `${count}`, `${failed}`],
    ["  longest that a request was held", inSeconds(heldSeconds(requests, move.from, move.until)), "", ""],
  ];
}

function loadRow(name: string, records: readonly RequestRecord[]): string[] {
  const { requests, failed } = totals(records);
  return [name, inSeconds(spanOf(records)), `${requests}`, `${failed}`];
}

const spanOf = (requests: readonly RequestRecord[]): number => {
  let last = 0;
  let first = Number.POSITIVE_INFINITY;
  for (const { start, end } of requests) {
    if (start < first) first = start;
    if (end > last) last = end;
  }
  return requests.length === 0 ? 0 : (last - first) / 1000;
};

/** What `--json` writes. `level1` counts everything until the container was killed; what that cost stands beside it. */
export function demoJson(run: DemoRun, level2: Level2Run, level3: Level3Run): Record<string, unknown> {
  const { requests } = run.load;
  const healthy = totals(requests, 0, healthyUntil(run));
  const killed = totals(requests, healthyUntil(run));
  const moved = run.switches.map((made) => secondsToMove(made, requests));
  const ups = run.switches.map(({ upSeconds }) => upSeconds);
  return {
    level1: {
      switches: run.switches.length,
      requests: healthy.requests,
      failed: healthy.failed,
      moveSeconds: { p50: rounded(percentile(moved, 50)), max: rounded(Math.max(...moved)) },
      upSeconds: { p50: rounded(percentile(ups, 50)), max: rounded(Math.max(...ups)) },
      noopUpSeconds: { p50: rounded(percentile(run.noopUpSeconds, 50)) },
    },
    activeColorDead: {
      requests: killed.requests,
      failed: killed.failed,
      upSeconds: rounded(run.rescue.upSeconds),
      recoveredSeconds: rounded((lastFailure(requests, run.killedAt) - run.killedAt) / 1000),
    },
    level2: level2Json(level2),
    level3: level3Json(level3),
  };
}

const level3Json = ({ recovery, raw, missing, extra, undoSeconds }: Level3Run) => ({
  upSeconds: rounded(recovery.upSeconds),
  restoreSeconds: rounded(recovery.restoreSeconds),
  rawSeconds: rounded(raw.rawSeconds),
  missing,
  extra,
  way: recovery.way,
  bytes: recovery.bytes,
  undoSeconds: rounded(undoSeconds),
});

/** Each figure is the worst of the two changes. */
function level2Json({ forward, back, noopUpSeconds, load, ledger }: Level2Run) {
  const { requests, failed } = totals(load.requests);
  const moves = [forward, back];
  return {
    failed,
    requests,
    upSeconds: rounded(Math.max(...moves.map(({ upSeconds }) => upSeconds))),
    heldSeconds: rounded(Math.max(...moves.map(({ from, until }) => heldSeconds(load.requests, from, until)))),
    noopUpSeconds: rounded(Math.max(...noopUpSeconds)),
    ledger: { acknowledged: ledger.acknowledged, missing: ledger.missing },
  };
}

/** Requests started later may have been in flight when the container was killed. */
export const healthyUntil = ({ switches }: DemoRun): number => Math.max(...switches.map(({ until }) => until));

function lastFailure(requests: readonly RequestRecord[], since: number): number {
  let last = since;
  for (const { start, failure } of requests) if (failure !== null && start > last) last = start;
  return last;
}

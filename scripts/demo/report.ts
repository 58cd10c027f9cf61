import { percentile, type RequestRecord, totals } from "../load/result.ts";
import { type Switch, secondsToMove } from "../switches.ts";
import { inSeconds, renderTable, rounded } from "../table.ts";
import type { DemoRun } from "./run.ts";

/** The table at the end of the demo: what, seconds, requests, failed. */
export function demoTable(run: DemoRun): string {
  const { requests } = run.load;
  const rows: string[][] = [["bring the stack up", inSeconds(run.firstUpSeconds), "", ""]];
  rows.push([
    `\`up\` with nothing to do (p50 of ${run.noopUpSeconds.length})`,
    inSeconds(percentile(run.noopUpSeconds, 50)),
    "",
    "",
  ]);
  for (const made of run.switches) {
    rows.push(...switchRows(`${made.to === "blue" ? "green -> blue" : "blue -> green"}`, made, made.from, requests));
  }
  rows.push(...switchRows("green killed, green -> blue", run.rescue, healthyUntil(run), requests));
  const all = totals(requests);
  rows.push(["whole load", inSeconds(spanOf(requests)), `${all.requests}`, `${all.failed}`]);
  return renderTable(["what", "seconds", "requests", "failed"], rows);
}

function switchRows(name: string, made: Switch, from: number, requests: readonly RequestRecord[]): string[][] {
  const { requests: count, failed } = totals(requests, from, made.until);
  return [
    [`${name}: whole \`up\``, inSeconds(made.upSeconds), `${count}`, `${failed}`],
    ["  traffic moved, from the gate passed", inSeconds(secondsToMove(made, requests)), "", ""],
  ];
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
export function demoJson(run: DemoRun): Record<string, unknown> {
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
  };
}

/** Requests started later may have been in flight when the container was killed. */
export const healthyUntil = ({ switches }: DemoRun): number => Math.max(...switches.map(({ until }) => until));

function lastFailure(requests: readonly RequestRecord[], since: number): number {
  let last = since;
  for (const { start, failure } of requests) if (failure !== null && start > last) last = start;
  return last;
}

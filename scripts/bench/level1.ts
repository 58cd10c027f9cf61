import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Load, startLoad } from "../load/load.ts";
import { moveSeconds, totals } from "../load/result.ts";
import type { Project } from "../project.ts";
import { noopUp, type Switch, secondsToMove, switchTo } from "../switches.ts";
import { inSeconds, renderTable } from "../table.ts";
import { expectations, type Level1Samples, level1Json } from "./report.ts";
import { type ShellWay, startShellWay } from "./shell-way.ts";
import { ownStack } from "./stack.ts";

const upArgs = ["--yes", "--skip-preview"];
/** The two ways take turns, so that whatever else the machine does meets both. */
const rounds = 4;
const warmUpMs = 1500;
const shellSettleMs = 2500;

/** Measures level 1: switches by `up`, each paired with an `up` that has nothing to do, and the shell way in turns. */
export async function benchLevel1(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { json: { type: "string" }, switches: { type: "string", default: "20" } },
  });
  const each = Math.ceil(Number(values.switches) / rounds);
  if (!(each >= 1 && each <= 250)) throw new Error(`expected --switches from 1 to 1000, got ${values.switches}`);
  const cleanups: (() => Promise<unknown>)[] = [];
  const cleanUp = async () => void (await Promise.all(cleanups.splice(0).map((remove) => remove())));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    const { project, url, init } = await ownStack("bench");
    cleanups.push(project.cleanup);
    console.log(`bringing up the stack ${project.stack} at ${url}`);
    await init();
    await project.ok("up", ...upArgs);
    const shell = await startShellWay();
    cleanups.push(shell.remove);
    const samples = await measure(project, url, shell, each);
    const result = level1Json(samples);
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ level1: result }, null, 2)}\n`);
    return report(result);
  } finally {
    await cleanUp();
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

async function measure(project: Project, url: string, shell: ShellWay, each: number): Promise<Level1Samples> {
  const samples = {
    requests: 0,
    failed: 0,
    webSocketsDropped: 0,
    moves: [] as number[],
    ups: [] as number[],
    noopUps: [] as number[],
  };
  const shellSamples: Mutable<Level1Samples["shell"]> & { moves: number[] } = { failed: 0, moves: [] };
  for (let round = 0; round < rounds; round++) {
    await withLoad(url, async (load) => {
      const switches: Switch[] = [];
      for (let n = 0; n < each; n++) {
        samples.noopUps.push((await noopUp(project, upArgs)).seconds);
        const made = await switchTo(project, colorAt(round * each + n), upArgs);
        switches.push(made);
        samples.ups.push(made.upSeconds);
        console.log(
          `up     ${made.to.padEnd(5)}  ${inSeconds(made.upSeconds)} s  (nothing to do: ${inSeconds(samples.noopUps.at(-1)!)} s)`,
        );
      }
      const { requests, webSockets } = await load.stop();
      const counted = totals(requests);
      samples.requests += counted.requests;
      samples.failed += counted.failed;
      samples.webSocketsDropped += webSockets.dropped;
      samples.moves.push(...switches.map((made) => secondsToMove(made, requests)));
      if (counted.failed > 0) console.log(`failed: ${JSON.stringify(counted.failures)}`);
    });
    await withLoad(shell.url, async (load) => {
      const began: number[] = [];
      for (let n = 0; n < each; n++) {
        began.push(await shell.switchTo(colorAt(round * each + n)));
        await sleep(shellSettleMs);
      }
      const { requests } = await load.stop();
      const left = began.map((_, n) => colorAt(round * each + n + 1));
      const moves = began.map((at, n) => moveSeconds(requests, left[n]!, at, began[n + 1]));
      shellSamples.moves.push(...moves);
      shellSamples.failed += totals(requests).failed;
      console.log(`shell  ${each} switches, ${moves.map(inSeconds).join(", ")} s, ${totals(requests).failed} failed`);
    });
  }
  return { ...samples, shell: shellSamples };
}

/** Both ways start with green active. */
const colorAt = (n: number) => (n % 2 === 0 ? "blue" : "green");

async function withLoad(url: string, work: (load: Load) => Promise<void>): Promise<void> {
  const load = await startLoad({ url });
  try {
    await sleep(warmUpMs);
    await work(load);
  } finally {
    load.kill();
  }
}

function report(result: ReturnType<typeof level1Json>): number {
  const row = (name: string, values: { p50: number; p95: number; max: number }) => [
    name,
    inSeconds(values.p50),
    inSeconds(values.p95),
    inSeconds(values.max),
  ];
  console.log(
    `\n${renderTable(
      ["seconds", "p50", "p95", "max"],
      [
        row("traffic moved", result.moveSeconds),
        row("traffic moved, the shell way", result.shell.moveSeconds),
        row("whole `up`", result.upSeconds),
        row("`up` with nothing to do", result.noopUpSeconds),
      ],
    )}\n\n${result.switches} switches, ${result.requests} requests, ${result.failed} failed; the shell way: ${result.shell.failed} failed\n`,
  );
  const checks = expectations(result);
  for (const { what, got, met } of checks) console.log(`${met ? "✓" : "✗"} ${what}: ${got}`);
  return checks.every(({ met }) => met) ? 0 : 1;
}

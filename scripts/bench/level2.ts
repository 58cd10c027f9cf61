import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startLoad } from "../load/load.ts";
import { level2Load } from "../load/options.ts";
import { heldSeconds, totals } from "../load/result.ts";
import {
  allowance,
  back,
  type Commands,
  checkKept,
  checkLedger,
  configure,
  forward,
  type Move,
  moveSchema,
} from "../moves.ts";
import type { Project } from "../project.ts";
import { noopUp } from "../switches.ts";
import { inSeconds, renderTable } from "../table.ts";
import { expectations, type Level2Samples, level2Json } from "./report-level2.ts";
import { type OwnStack, ownStack } from "./stack.ts";

const upArgs = ["--yes", "--skip-preview"];
/** Orders that are written on each schema before the next change. */
const writtenMs = 1500;
/** Blue serves first, so that every way back ends as the story began. */
const start = [
  ["set", "--path", "colors.blue.imageTag", "1.1.0"],
  ["set", "activeColor", "blue"],
];
const maxLoadSeconds = 3600;

/** Measures level 2: release, schema and config set go forward and back in turns, while orders are written. */
export async function benchLevel2(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { json: { type: "string" }, changes: { type: "string", default: "10" } },
  });
  const changes = Number(values.changes);
  if (!(changes >= 1 && changes <= 100)) throw new Error(`expected --changes from 1 to 100, got ${values.changes}`);
  const cleanups: (() => Promise<unknown>)[] = [];
  const cleanUp = async () => void (await Promise.all(cleanups.splice(0).map((remove) => remove())));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    const stack = await ownStack("bench");
    const { project } = stack;
    cleanups.push(project.cleanup);
    console.log(`bringing up the stack ${project.stack} at ${stack.url}`);
    await stack.init();
    await configure(project, start);
    await project.ok("up", ...upArgs);
    const result = level2Json(await measure(stack, changes));
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ level2: result }, null, 2)}\n`);
    return report(result);
  } finally {
    await cleanUp();
  }
}

async function measure({ project, url }: OwnStack, changes: number): Promise<Level2Samples> {
  const moves: Move[] = [];
  const undone: Move[] = [];
  const noopUps: number[] = [];
  const load = await startLoad({ url, ...level2Load, maxSeconds: maxLoadSeconds });
  try {
    for (let n = 0; n < changes; n++) {
      await sleep(writtenMs);
      moves.push(await made(project, "forward", forward));
      noopUps.push((await noopUp(project, upArgs)).seconds);
      const move = await made(project, "back", [...back, ...allowance(n)]);
      await checkKept(project, move);
      moves.push(move);
      undone.push(move);
    }
    const { requests, acknowledged } = await load.stop();
    const { failed, failures, requests: count } = totals(requests);
    if (failed > 0) console.log(`failed: ${JSON.stringify(failures)}`);
    const ledger = await checkLedger(project, acknowledged);
    for (const example of ledger.examples) console.log(`ledger: ${example}`);
    return {
      requests: count,
      failed,
      cut: moves.reduce((sum, { cut }) => sum + cut, 0),
      held: undone.map(({ from, until }) => heldSeconds(requests, from, until)),
      ups: undone.map(({ upSeconds }) => upSeconds),
      noopUps,
      ledger,
    };
  } finally {
    load.kill();
  }
}

async function made(project: Project, name: string, commands: Commands): Promise<Move> {
  await configure(project, commands);
  const move = await moveSchema(project, upArgs);
  console.log(
    `${name.padEnd(7)}  ${inSeconds(move.upSeconds)} s, ${move.lost} values lost and kept, ${move.cut} requests cut`,
  );
  return move;
}

function report(result: ReturnType<typeof level2Json>): number {
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
        row("requests held, going back", result.heldSeconds),
        row("whole `up`, going back", result.upSeconds),
        row("`up` with nothing to do", result.noopUpSeconds),
      ],
    )}\n`,
  );
  const checks = expectations(result);
  for (const { what, got, met } of checks) console.log(`${met ? "✓" : "✗"} ${what}: ${got}`);
  return checks.every(({ met }) => met) ? 0 : 1;
}

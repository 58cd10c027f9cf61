import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { execOk } from "../../operations/live/docker.ts";
import { askedRecovery } from "../../stacks/recovery/request.ts";
import { type Commands, configure } from "../moves.ts";
import type { Project } from "../project.ts";
import { rawRestore } from "../raw-restore.ts";
import { docker, inServing, quietMoment, type Recovery, recover } from "../recoveries.ts";
import { renderTable } from "../table.ts";
import { fill, parseSize, writeSome } from "./ballast.ts";
import { type CopyOfSize, expectations, type Level3Samples, level3Json, level3Rows } from "./report-level3.ts";
import { ownStack } from "./stack.ts";
import { createVolumeAt } from "./volumes.ts";

const upArgs = ["--yes", "--skip-preview"];
/** Between these a clone's time is compared. */
const [small, large] = [200e6, 2e9];

/** A stack, and where the volumes of its data lie; null: where Docker puts any. */
interface Bench {
  readonly project: Project;
  readonly makeVolume: ((name: string) => Promise<void>) | undefined;
}

/** Measures level 3 on a database of a size, against the parts it is made of, in the same run. */
export async function benchLevel3(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "string" },
      size: { type: "string", default: "1GB" },
      "volume-root": { type: "string" },
    },
  });
  const bytes = parseSize(values.size);
  const cleanups: (() => Promise<unknown>)[] = [];
  const cleanUp = async () => void (await Promise.all(cleanups.splice(0).map((remove) => remove())));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    const { project, url, init } = await ownStack("bench");
    cleanups.push(project.cleanup);
    const { stack } = project;
    const root = values["volume-root"];
    const makeVolume = root === undefined ? undefined : (name: string) => createVolumeAt({ docker, root, stack }, name);
    console.log(`bringing up the stack ${stack} at ${url}`);
    await init();
    await makeVolume?.(containerOf(project, "initial"));
    await project.ok("up", ...upArgs);
    const result = level3Json(await measure({ project, makeVolume }, bytes));
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ level3: result }, null, 2)}\n`);
    return report(result);
  } finally {
    await cleanUp();
  }
}

const containerOf = ({ stack }: Project, generation: string) => `${stack}-database-${generation}`;

/** Where a clone is possible, the smaller and the larger size are cloned in a drill before and after. */
async function measure(bench: Bench, bytes: number): Promise<Level3Samples> {
  const clones = bench.makeVolume !== undefined;
  const before = clones && bytes > small ? [await copyOfSize(bench, small)] : [];
  const samples = await measureRecovery(bench, bytes);
  const after = clones && bytes < large ? [await copyOfSize(bench, large)] : [];
  return { ...samples, sizes: [...before, samples.recovery, ...after] };
}

async function measureRecovery(bench: Bench, bytes: number): Promise<Omit<Level3Samples, "sizes">> {
  const { project, makeVolume } = bench;
  await grow(project, bytes);
  await execOk(docker, containerOf(project, "initial"), ["pgbackrest", "--stanza=initial", "--type=full", "backup"]);
  await takeBasePoint(project);
  const rows = await inServing(project, writeSome);
  const targetTime = await quietMoment();
  await inServing(project, (client) => client.query("delete from ballast where n % 2 = 0"));
  const recovery = await recoverTo(bench, targetTime, false);
  const { rows: counted } = await inServing(project, (client) =>
    client.query("select count(*)::int as rows from ballast"),
  );
  const raw = await rawRestore(project.stack, { ...recovery, targetTime, makeVolume });
  await configure(project, [
    ["set", "generation", "initial"],
    ["set", "--path", `allowDataLoss.${recovery.generation}`, "1000"],
  ]);
  const undone = await project.ok("up", ...upArgs);
  await configure(project, [
    ["rm", "generation"],
    ["rm", "targetTime"],
  ]);
  return { recovery, raw, rows, left: counted[0].rows, undoSeconds: undone.seconds };
}

/** What copying takes at a size: a drill, which switches nothing. */
async function copyOfSize(bench: Bench, bytes: number): Promise<CopyOfSize> {
  const { project } = bench;
  await grow(project, bytes);
  await takeBasePoint(project);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const recovery = await recoverTo(bench, await quietMoment(), true);
  await configure(project, [
    ["rm", "targetTime"],
    ["rm", "drill"],
  ]);
  return recovery;
}

async function recoverTo({ project, makeVolume }: Bench, targetTime: string, drill: boolean): Promise<Recovery> {
  const { generation } = askedRecovery({ targetTime, drill })!;
  await makeVolume?.(containerOf(project, generation));
  const target: Commands = [["set", "targetTime", targetTime], ...(drill ? [["set", "drill", "true"]] : [])];
  await configure(project, target);
  const recovery = await recover(project, upArgs);
  const { bytes, way, copySeconds } = recovery;
  console.log(`${Math.round(bytes / 1e6)} MB by ${way}: copied in ${copySeconds.toFixed(3)} s`);
  return recovery;
}

async function grow(project: Project, bytes: number): Promise<void> {
  console.log(`filling the database up to ${Math.round(bytes / 1e6)} MB`);
  await inServing(project, (client) => fill(client, bytes));
}

/** As the scheduler does. Where the filesystem cannot, nothing happens. */
const takeBasePoint = (project: Project) =>
  execOk(docker, containerOf(project, "initial"), ["switchback-base-point", "take", "8", "schedule"]);

function report(result: ReturnType<typeof level3Json>): number {
  console.log(`\n${renderTable(["seconds", `by ${result.way}`, "by hand"], level3Rows(result))}\n`);
  const checks = expectations(result);
  for (const { what, got, met } of checks) console.log(`${met ? "✓" : "✗"} ${what}: ${got}`);
  return checks.every(({ met }) => met) ? 0 : 1;
}

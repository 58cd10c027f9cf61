import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { execOk } from "../../operations/live/docker.ts";
import { configure } from "../moves.ts";
import type { Project } from "../project.ts";
import { rawRestore } from "../raw-restore.ts";
import { docker, inServing, quietMoment, recover } from "../recoveries.ts";
import { inSeconds, renderTable, rounded } from "../table.ts";
import { fill, parseSize, writeSome } from "./ballast.ts";
import { ownStack } from "./stack.ts";

const upArgs = ["--yes", "--skip-preview"];

/** Measures level 3 on a database of a size, against the parts it is made of, in the same run. */
export async function benchLevel3(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { json: { type: "string" }, size: { type: "string", default: "1GB" } },
  });
  const bytes = parseSize(values.size);
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
    await project.ok("up", ...upArgs);
    const result = await measure(project, bytes);
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ level3: result }, null, 2)}\n`);
    return report(result);
  } finally {
    await cleanUp();
  }
}

async function measure(project: Project, bytes: number) {
  console.log(`filling the database with ${Math.round(bytes / 1e6)} MB, then taking a full backup`);
  await inServing(project, (client) => fill(client, bytes));
  const container = `${project.stack}-database-initial`;
  await execOk(docker, container, ["pgbackrest", "--stanza=initial", "--type=full", "backup"]);
  const rows = await inServing(project, writeSome);
  const targetTime = await quietMoment();
  await inServing(project, (client) => client.query("delete from ballast where n % 2 = 0"));
  await configure(project, [["set", "targetTime", targetTime]]);
  const recovery = await recover(project, upArgs);
  const left = await inServing(project, (client) => client.query("select count(*)::int as rows from ballast"));
  const { base, generation } = recovery;
  const raw = await rawRestore(project.stack, { base, targetTime });
  await configure(project, [
    ["set", "generation", "initial"],
    ["set", "--path", `allowDataLoss.${generation}`, "1000"],
  ]);
  const undone = await project.ok("up", ...upArgs);
  const { rows: counted } = left;
  return {
    upSeconds: rounded(recovery.upSeconds),
    restoreSeconds: rounded(recovery.restoreSeconds),
    copySeconds: rounded(recovery.copySeconds),
    replaySeconds: rounded(recovery.replaySeconds),
    rawSeconds: rounded(raw.rawSeconds),
    rawCopySeconds: rounded(raw.copySeconds),
    rawReplaySeconds: rounded(raw.replaySeconds),
    ratioToRaw: rounded(recovery.restoreSeconds / raw.rawSeconds),
    missing: Math.max(0, rows - counted[0].rows),
    extra: Math.max(0, counted[0].rows - rows),
    way: recovery.way,
    bytes: recovery.bytes,
    sizes: { database: bytes },
    undoSeconds: rounded(undone.seconds),
  };
}

function report(result: Awaited<ReturnType<typeof measure>>): number {
  const { restoreSeconds, copySeconds, replaySeconds, rawSeconds, rawCopySeconds, rawReplaySeconds } = result;
  const rest = restoreSeconds - copySeconds - replaySeconds;
  console.log(
    `\n${renderTable(
      ["seconds", `by ${result.way}`, "by hand"],
      [
        ["copy", inSeconds(copySeconds), inSeconds(rawCopySeconds)],
        ["start, replay, promotion", inSeconds(replaySeconds), inSeconds(rawReplaySeconds)],
        ["archive before, gate after", inSeconds(rest), ""],
        ["restore", inSeconds(restoreSeconds), inSeconds(rawSeconds)],
        ["whole `up`, with the first backup", inSeconds(result.upSeconds), ""],
        ["undo, whole `up`", inSeconds(result.undoSeconds), ""],
      ],
    )}\n`,
  );
  const checks = [
    { what: "restore <= 1.2 x by hand", got: `${result.ratioToRaw} x`, met: result.ratioToRaw <= 1.2 },
    {
      what: "every row of the moment, and no other",
      got: `${result.missing} missing, ${result.extra} extra`,
      met: result.missing === 0 && result.extra === 0,
    },
  ];
  for (const { what, got, met } of checks) console.log(`${met ? "✓" : "✗"} ${what}: ${got}`);
  return checks.every(({ met }) => met) ? 0 : 1;
}

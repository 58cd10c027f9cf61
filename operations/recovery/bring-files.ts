import type Docker from "dockerode";
import { mountOf } from "../../stacks/file-volumes.ts";
import { fillVolume } from "../backup/restore-files.ts";
import { ensureKeeper } from "../live/keeper.ts";
import { removeOneShot, runOneShot } from "../live/one-shot.ts";
import { inRecords, readRecord, writeRecord } from "../live/records.ts";
import type { RestoredFiles, RestoreGoal } from "./goal.ts";
import { type Check, yes } from "./verify/check.ts";

/** What was written into a volume: `begun` before its first file, so that nobody else's files are ever taken for ours. */
interface Filled {
  readonly name: string;
  readonly snapshot: string;
  readonly state: "begun" | "done";
}

/**
 * Restores the files that come back with the data into the volumes of the generation, reads each file back, and counts. A
 * volume that a killed run had begun is begun anew; one that is done is left as it is.
 * @returns what was compared, by volume
 * @throws when one cannot be restored, or is not what was saved; nothing has switched
 */
export async function bringFiles(docker: Docker, goal: RestoreGoal, log: (line: string) => void): Promise<Check[]> {
  const checks: Check[] = [];
  for (const files of goal.files ?? []) {
    const { service, volume, name, at, point } = files;
    await ensureKeeper(docker, { name: `${name}-keeper`, volume: name, stack: goal.stack, path: "/data" });
    const seconds = await fill(docker, goal, files);
    const told = `${service}/${volume}: ${files.files} files, ${megabytes(files.bytes)}, as of ${at}${point ? ` (${point})` : ""}`;
    if (seconds !== null) log(`restored the files of ${told} in ${seconds.toFixed(1)} s`);
    checks.push(yes("files", `${told}; each was read back and compared when it was restored`));
  }
  return checks;
}

/** @returns how long it took, in s; null: it was done before */
async function fill(docker: Docker, goal: RestoreGoal, files: RestoredFiles): Promise<number | null> {
  const { stack, container, generation } = goal;
  const { name, snapshot, service, volume } = files;
  const known = await readFilled(docker, goal);
  const before = known.find((one) => one.name === name);
  if (before?.state === "done" && before.snapshot === snapshot) return null;
  if (before) await empty(docker, goal, files);
  const record = (state: Filled["state"]) =>
    writeFilled(docker, goal, [...known.filter((one) => one !== before), { name, snapshot, state }]);
  const begun = performance.now();
  await record("begun");
  try {
    await fillVolume({ docker, stack, container }, files, name);
  } catch (error) {
    throw new Error(
      `expected the files of ${service}/${volume} in ${name}, got: ${(error as Error).message}; nothing has switched. ${generation} is kept as it is: run \`up\` again, or name another target; another recoveryId leaves the volume out, with services.${service}.volumes.${volume}.backup false`,
    );
  }
  await record("done");
  return (performance.now() - begun) / 1000;
}

/** Takes away what a killed run of this very restore had written, and what of it may still write. */
async function empty(docker: Docker, { stack, container }: RestoreGoal, files: RestoredFiles): Promise<void> {
  await removeOneShot(docker, `${stack}-files-restore`);
  const { Image } = await docker.getContainer(container).inspect();
  const at = mountOf(files);
  const { exitCode, stderr } = await runOneShot(docker, {
    name: `${stack}-files-empty`,
    stack,
    role: "files",
    image: Image,
    network: "none",
    argv: ["find", at, "-mindepth", "1", "-delete"],
    user: "0",
    capabilities: ["DAC_OVERRIDE", "FOWNER"],
    volumes: [{ name: files.name, path: at }],
  });
  if (exitCode !== 0) throw new Error(`expected to begin ${files.name} anew, got: ${stderr.trim()}; run \`up\` again`);
}

/** Of a generation whose volumes are removed. */
export async function forgetFilled(docker: Docker, stack: string, generation: string): Promise<void> {
  await inRecords(docker, stack, `rm -f "$1"`, [recordOf({ generation })]);
}

const recordOf = ({ generation }: Pick<RestoreGoal, "generation">) => `restores/${generation}.files.json`;

async function readFilled(docker: Docker, goal: RestoreGoal): Promise<readonly Filled[]> {
  const text = await readRecord(docker, goal.stack, recordOf(goal));
  return text === undefined ? [] : (JSON.parse(text) as readonly Filled[]);
}

async function writeFilled(docker: Docker, goal: RestoreGoal, filled: readonly Filled[]): Promise<void> {
  await inRecords(docker, goal.stack, "mkdir -p restores", []);
  await writeRecord(docker, goal.stack, recordOf(goal), `${JSON.stringify(filled)}\n`);
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

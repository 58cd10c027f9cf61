import type Docker from "dockerode";
import { exec } from "../live/docker.ts";
import type { JournalEntry } from "../live/journal.ts";
import { ensureKeeper } from "../live/keeper.ts";
import type { OperationRun } from "../live/program.ts";
import { readFileIn, writeFilesIn } from "./container-files.ts";
import { type FilesGoal, type GoalFile, hashFilesGoal } from "./goal.ts";
import { reload } from "./reload.ts";
import { expectPending, type FilesMarker, readFilesState, writeMarker } from "./state.ts";

export type FilesRun = OperationRun<FilesGoal>;

export interface FilesResult {
  readonly part: string;
  /** Files that were written. */
  readonly written: readonly string[];
  readonly reloaded: boolean;
}

const readyMilliseconds = 60_000;

/**
 * Brings the files of a container to their goal, from whatever state they are in, and makes it take them: keepers of its
 * volumes, files, reload. What holds already is left alone.
 * @throws when it cannot; the old files are back then, or the marker's `pending` says that they are not
 */
export async function runFiles(run: FilesRun): Promise<FilesResult> {
  const { docker, goal, epoch, log } = run;
  const { stack, container, part } = goal;
  for (const volume of goal.keep)
    await ensureKeeper(docker, { name: `${volume}-keeper`, volume, stack, path: "/data" });
  const found = await readFilesState(docker, goal);
  if (!found) throw new Error(`expected the container ${container}, got none; run \`up\` with --refresh`);
  const hash = hashFilesGoal(goal);
  const before = found.marker ?? { goal: "", epoch: "", pending: null };
  await writeMarker(docker, goal, { ...before, pending: { epoch, goal: hash, since: new Date().toISOString() } });
  const changed = goal.files.filter(({ path }) => found.differing.includes(path));
  const old = await contentsOf(docker, goal, changed);
  // What a run that died wrote was perhaps never taken.
  const due = changed.length > 0 || before.pending !== null;
  try {
    await writeFilesIn(docker, container, changed);
    if (due) await reload(docker, goal);
    if (due && goal.reload) log(`${part}: reloaded with ${changed.map(({ path }) => path).join(", ") || "its files"}`);
    await awaitReady(docker, goal);
    await commit(docker, goal, { goal: hash, epoch, pending: null }, epoch);
  } catch (error) {
    const { message } = error as Error;
    await run.journal({ ...entryOf(run), event: "failed", error: message }).catch(() => {});
    throw new Error(`${part}: ${message}; ${await putBack(run, old, before)}`);
  }
  const result = { part, written: changed.map(({ path }) => path), reloaded: due && goal.reload !== null };
  if (due) await run.journal({ ...entryOf(run), event: "platform", ...result });
  return result;
}

async function commit(docker: Docker, goal: FilesGoal, marker: FilesMarker, epoch: string): Promise<void> {
  await expectPending(docker, goal, epoch);
  await writeMarker(docker, goal, marker);
}

/** The files as they were, where they were there. */
async function contentsOf(docker: Docker, goal: FilesGoal, files: readonly GoalFile[]): Promise<GoalFile[]> {
  const found = await Promise.all(
    files.map(async (file) => ({ ...file, content: await readFileIn(docker, goal.container, file.path) })),
  );
  return found.filter((file): file is GoalFile => file.content !== undefined);
}

/** @returns what to tell of it */
async function putBack(run: FilesRun, old: readonly GoalFile[], before: FilesMarker): Promise<string> {
  const { docker, goal, epoch } = run;
  try {
    await expectPending(docker, goal, epoch);
    await writeFilesIn(docker, goal.container, old);
    if (old.length > 0) await reload(docker, goal);
    await commit(docker, goal, { ...before, pending: null }, epoch);
    return old.length > 0 ? "the files before are back and loaded" : "nothing was changed";
  } catch (error) {
    return `the files before could not be put back (${(error as Error).message}); \`up\` settles it`;
  }
}

async function awaitReady(docker: Docker, { container, ready }: FilesGoal): Promise<void> {
  if (!ready) return;
  const end = Date.now() + readyMilliseconds;
  for (;;) {
    const answer = await exec(docker, container, ready).catch((error: Error) => ({
      exitCode: -1,
      stdout: "",
      stderr: error.message,
    }));
    if (answer.exitCode === 0) return;
    if (Date.now() > end)
      throw new Error(
        `expected ${container} to work within ${readyMilliseconds / 1000} s, got: ${(answer.stderr || answer.stdout).trim()}; see \`docker logs ${container}\``,
      );
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const entryOf = ({ goal, epoch, reason, actor }: FilesRun): Omit<JournalEntry, "event"> => ({
  operation: "files",
  part: goal.part,
  epoch,
  reason,
  actor,
});

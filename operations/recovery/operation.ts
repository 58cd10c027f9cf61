import { updateCatalogue } from "../generations/catalogue.ts";
import { type Catalogue, type Generation, servingGeneration } from "../generations/format.ts";
import type { JournalEntry } from "../live/journal.ts";
import type { OperationRun } from "../live/program.ts";
import { readSettled } from "../promotion/settle.ts";
import { admit } from "./admit.ts";
import { describeStop } from "./explain.ts";
import { hashRestoreGoal, type RestoreGoal } from "./goal.ts";
import { make } from "./make.ts";
import { enterMeanwhile, leaveMeanwhile, type Meanwhile } from "./meanwhile.ts";
import { type RestoreReport, readReport, writeReport } from "./report.ts";

export type RestoreRun = OperationRun<RestoreGoal>;

/** How the generation was made, or only what it is: its request was over before it was made. */
export type RestoreResult = RestoreReport | Pick<Generation, "name" | "state">;

/**
 * Brings a generation to the data of its goal, beside the one that serves, from whatever state it is in. One that is ready
 * already is not touched. Nothing switches: that is the promotion's.
 * @throws when it cannot; the application has what it had before then, and the generation stays as it is
 */
export async function runRestore(run: RestoreRun): Promise<RestoreResult> {
  const { docker, goal, epoch } = run;
  const { stack } = goal;
  const catalogue = await readSettled(docker, stack);
  const admitted = admit(catalogue, goal, epoch);
  if (admitted === "over") return standing(run, catalogue!);
  const meanwhile = meanwhileOf(run, catalogue!);
  try {
    if (admitted === "made") {
      await enterMeanwhile(meanwhile);
      return standing(run, catalogue!);
    }
    await run.journal(entry(run, "restoring"));
    await enterMeanwhile(meanwhile);
    const report = await make(run, catalogue!);
    await writeReport(docker, stack, report);
    await updateCatalogue(docker, stack, (current) => recordReady(current, goal, report));
    await run.journal({ ...entry(run, "restored"), ...figures(report), ...filesOf(goal) });
    return report;
  } catch (error) {
    await putBack(run, meanwhile);
    const failed = { ...entry(run, "failed"), error: (error as Error).message };
    await run.journal(failed).catch(({ message }: Error) => run.log(message));
    throw error;
  }
}

function meanwhileOf({ docker, goal, epoch, log }: RestoreRun, catalogue: Catalogue): Meanwhile {
  const { stack, database, during } = goal;
  const serving = { container: `${stack}-database-${servingGeneration(catalogue)}`, database };
  return { docker, stack, epoch, goal: hashRestoreGoal(goal), during, serving, log };
}

async function standing({ docker, goal }: RestoreRun, { generations }: Catalogue): Promise<RestoreResult> {
  const { name, state } = generations.find((one) => one.name === goal.generation)!;
  return (await readReport(docker, goal.stack, name)) ?? { name, state };
}

/** The generation is ready; a drill's request is done with that, for nothing switches. Pure. */
export function recordReady(catalogue: Catalogue, goal: RestoreGoal, report: RestoreReport): Catalogue {
  const { state, timeline, systemIdentifier } = report;
  return {
    ...catalogue,
    generations: catalogue.generations.map((one) =>
      one.name === goal.generation ? { ...one, state, timeline, systemIdentifier } : one,
    ),
    requests: catalogue.requests.map((one) =>
      one.hash === goal.request && goal.drill ? { ...one, state: "done" as const } : one,
    ),
  };
}

async function putBack(run: RestoreRun, meanwhile: Meanwhile): Promise<void> {
  try {
    await leaveMeanwhile(meanwhile);
  } catch (error) {
    run.log(`the application could not be given back what it had: ${(error as Error).message}; \`up\` settles it`);
  }
}

function figures(report: RestoreReport) {
  const { seconds, copySeconds, replaySeconds, bytes, walBytes, way, base, tail, stopLsn, lastCommitAt, timeline } =
    report;
  return { seconds, copySeconds, replaySeconds, bytes, walBytes, way, base, tail, stopLsn, lastCommitAt, timeline };
}

const filesOf = ({ files }: RestoreGoal) =>
  files && { files: files.map(({ service, volume, name, point, at }) => ({ service, volume, name, point, at })) };

function entry({ goal, epoch, reason, actor }: RestoreRun, event: string): JournalEntry {
  const { generation, source, during, drill } = goal;
  const what = { generation, from: source.generation, to: describeStop(goal), during, drill };
  return { event, operation: "restore", level: 3, ...what, epoch, reason, actor };
}

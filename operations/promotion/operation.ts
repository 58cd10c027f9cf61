import { connectDatabase } from "../database/connect.ts";
import { isDatabaseDead } from "../database/dead.ts";
import { allowWrites } from "../database/writes.ts";
import type { Catalogue } from "../generations/format.ts";
import { readJournal } from "../live/journal.ts";
import type { OperationRun } from "../live/program.ts";
import { readPooler } from "../pooler/state.ts";
import { writePooler } from "../pooler/writer.ts";
import { giveBack } from "../recovery/give-back.ts";
import { decide, type Pointed } from "./decide.ts";
import { hashPromotionGoal, type PromotionGoal } from "./goal.ts";
import { readIntent, withDates, withPromotion } from "./intent.ts";
import { changeOwn, clearPromotion, commitPromotion, pendPromotion } from "./marker.ts";
import { stopOthers } from "./others.ts";
import { closeForFiles } from "./remount.ts";
import { settle } from "./settle.ts";
import { entryOf, eventOf, type PromotionRun, type Switched, switchTo } from "./switch.ts";
import { readStart, readyTarget } from "./target.ts";

export interface PromotionResult {
  readonly generation: string;
  /** What was left; null: it served already. */
  readonly from: string | null;
  readonly behind: number | null;
  readonly heldSeconds: number;
  readonly seconds: number;
}

/**
 * Lets one generation serve and all others stand still, from whatever state they are in. One that serves already is only
 * confirmed; a switch that a dead operation made is written down.
 * @throws when it cannot; the old state is back then, or what is pending says that it is not
 */
export async function runPromotion(given: OperationRun<PromotionGoal>): Promise<PromotionResult> {
  const run: PromotionRun = { ...given, hash: hashPromotionGoal(given.goal), begun: performance.now() };
  const { docker, goal, epoch, hash } = run;
  const { stack, generation } = goal;
  await settle(docker, stack);
  const catalogue = await pendPromotion(docker, stack, epoch, hash);
  const switched = await reach(run, catalogue);
  await stopOthers(docker, goal.others, goal.stopSeconds, run.log);
  const at = new Date().toISOString();
  await changeOwn(docker, stack, epoch, (current) => withDates(current, at, goal.keepDays));
  await commitPromotion(docker, stack, epoch, hash);
  const { behind = null, heldSeconds = 0 } = switched ?? {};
  const from = switched?.event.from ?? null;
  return { generation, from, behind, heldSeconds, seconds: (performance.now() - run.begun) / 1000 };
}

/** @returns what a switch did; undefined: there was none */
async function reach(run: PromotionRun, catalogue: Catalogue): Promise<Switched | undefined> {
  const { goal, epoch, log } = run;
  try {
    const step = decide(catalogue, goal, await readPointed(run));
    if (step === "switch") return await switchTo(run, catalogue);
    if (step === "point") await point(run);
    if (step === "record" || catalogue.promotions.length === 0) return await record(run, catalogue);
    await confirm(run, catalogue);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    await failed(run, catalogue).catch((cause: Error) => log(`${cause.message}; \`up\` settles it`));
    const entry = { event: "failed", operation: "promotion", level: 3, to: goal.generation, error: message, epoch };
    await run.journal({ ...entry, reason: run.reason, actor: run.actor }).catch((cause: Error) => log(cause.message));
    throw error;
  }
}

/** Nothing is pending any more when nothing has switched; otherwise the next `up` goes on. */
async function failed(run: PromotionRun, catalogue: Catalogue): Promise<void> {
  const { docker, goal, epoch } = run;
  const pointed = await readPointed(run);
  const before = catalogue.promotions.at(-1)?.generation;
  if (before === undefined || pointed?.generation !== before) return;
  if (before !== goal.generation) await giveBack(run, catalogue);
  await clearPromotion(docker, goal.stack, epoch);
}

async function readPointed({ docker, goal }: PromotionRun): Promise<Pointed | undefined> {
  const state = await readPooler(docker, goal.stack);
  if (state.kind !== "read") {
    const got = state.kind === "absent" ? "there is none" : state.reason;
    throw new Error(
      `expected the pooler of ${goal.stack} to say where it points, got: ${got}; run \`up\` with --refresh`,
    );
  }
  if (!state.file) return undefined;
  const { generation, address } = state.file;
  const container = docker.getContainer(`${goal.stack}-database-${generation}`);
  const runs = await container.inspect().then(
    ({ State }) => State.Running,
    () => false,
  );
  return { generation, address, runs };
}

/** It serves, and nothing says so yet: the first generation of a stack, or one that the pooler was pointed at by hand. */
async function record(run: PromotionRun, catalogue: Catalogue): Promise<Switched> {
  const { docker, goal, epoch, log } = run;
  const { keepDays, request } = goal;
  const { client } = await readyTarget(docker, goal, log);
  const start = await readStart(client).finally(() => client.end());
  if (goal.remounts) await closeForFiles(run, goal.container);
  const event = eventOf(run, catalogue, null, start);
  const switched = { event, behind: null, heldSeconds: 0, cut: 0 };
  await changeOwn(docker, goal.stack, epoch, (current) =>
    withPromotion(current, { event, request, keepDays, behind: null }),
  );
  await run.journal(entryOf(run, switched));
  return switched;
}

/** The catalogue says that it serves, and nothing runs where the pooler points. */
async function point({ docker, goal, epoch, hash }: PromotionRun): Promise<void> {
  const { stack, generation, address } = goal;
  await writePooler(docker, stack, { op: "pend", epoch, goal: hash });
  await writePooler(docker, stack, { op: "point", epoch, generation, address });
  await writePooler(docker, stack, { op: "clear", epoch });
}

/** What an operation that died may have left undone, or not taken back. */
async function confirm(run: PromotionRun, catalogue: Catalogue): Promise<void> {
  const { docker, goal, epoch, hash, log } = run;
  const { container, database, stack } = goal;
  const pooler = await readPooler(docker, stack);
  if (pooler.kind === "read" && pooler.acting.pause) {
    await writePooler(docker, stack, { op: "pend", epoch, goal: hash });
    await writePooler(docker, stack, { op: "resume", epoch });
    await writePooler(docker, stack, { op: "clear", epoch });
  }
  if (await isDatabaseDead(docker, container)) return log(`${container} does not answer; it stays the one that serves`);
  const client = await connectDatabase(docker, { container, database, user: "postgres" });
  await allowWrites(client, database).finally(() => client.end());
  const event = catalogue.promotions.at(-1);
  const intent = await readIntent(docker, stack);
  if (!event || intent?.event.at !== event.at) return;
  const lines = await readJournal(docker, stack);
  if (lines.some((line) => line.event === "promoted" && line.promotedAt === event.at)) return;
  await run.journal(entryOf(run, { event, behind: intent.behind, heldSeconds: 0, cut: 0 }));
}

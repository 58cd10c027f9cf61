import type pg from "pg";
import { flushCache } from "../cache/flush.ts";
import { recordMigrationImages } from "../gc/migration-images.ts";
import type { Catalogue, Promotion } from "../generations/format.ts";
import type { OperationRun } from "../live/program.ts";
import { readPooler } from "../pooler/state.ts";
import { writePooler } from "../pooler/writer.ts";
import type { Behind } from "../recovery/behind.ts";
import type { PromotionGoal } from "./goal.ts";
import { type Hold, takeHold } from "./hold.ts";
import { type Intent, withPromotion, writeIntent } from "./intent.ts";
import { archiveEnd, checkBehind, checkRest, connectLeaving, type End, keepDead, since, takeEnd } from "./leaving.ts";
import { changeOwn } from "./marker.ts";
import { closeForFiles } from "./remount.ts";
import { readStart, readyTarget, type Target } from "./target.ts";

export interface PromotionRun extends OperationRun<PromotionGoal> {
  /** Hash of the goal. */
  readonly hash: string;
  /** performance.now() at its beginning. */
  readonly begun: number;
}

/** What a switch did. */
export interface Switched {
  readonly event: Promotion;
  /** Commits that stay behind; null: unknown. */
  readonly behind: number | null;
  /** How long the first queries had to wait; 0: nothing was open. */
  readonly heldSeconds: number;
  /** Client connections and transactions that were cut. */
  readonly cut: number;
}

/** Left of a hold for the write that moves the pooler. */
const reserveSeconds = 0.5;

/**
 * Lets another generation serve. Nothing that was acknowledged after the switch is lost, and nothing is written to the old
 * one afterwards.
 * @throws with everything as before, unless the pooler has switched: the catalogue or its next reader says so then
 */
export async function switchTo(run: PromotionRun, catalogue: Catalogue): Promise<Switched> {
  const { docker, goal, log } = run;
  const leaving = await connectLeaving(docker, goal);
  if (!leaving)
    log(`${goal.leaving?.generation ?? "what served"} is dead; how many commits stay behind in it, nobody can tell`);
  let target: Target | undefined;
  try {
    const from = leaving && (await since(docker, catalogue, goal));
    const before = from ? await checkBehind(leaving, goal, from) : null;
    if (leaving) await keepImages(run);
    target = await readyTarget(docker, goal, log);
    const done = await move(run, catalogue, { leaving, target, before });
    await run.journal(entryOf(run, done));
    log(`${goal.generation} serves; ${done.behind ?? "an unknown number of"} commits stay behind`);
    if (leaving && done.end) await archiveEnd(docker, leaving, goal, done.end, log);
    return done;
  } finally {
    await leaving?.end();
    await target?.client.end();
  }
}

/** Only garbage collection asks for it, and keeps everything where nobody wrote it down. */
async function keepImages({ docker, goal: { stack, leaving }, log }: PromotionRun): Promise<void> {
  const { generation, container } = leaving!;
  await recordMigrationImages(docker, stack, generation, container).catch((error: Error) => log(error.message));
}

interface Sides {
  readonly leaving: pg.Client | null;
  readonly target: Target;
  readonly before: Behind | null;
}

async function move(
  run: PromotionRun,
  catalogue: Catalogue,
  { leaving, target, before }: Sides,
): Promise<Switched & { end: End | null }> {
  const { docker, goal, epoch, log } = run;
  const { stack, generation, address, cache } = goal;
  let hold: Hold | undefined;
  let asked = false;
  let revive = async (): Promise<unknown> => undefined;
  let reopen = async (): Promise<unknown> => undefined;
  try {
    if (!leaving) revive = await keepDead(docker, goal);
    if (goal.remounts) reopen = await closeForFiles(run, goal.leaving!.container);
    hold = await takeHold(run, leaving, run.hash);
    const behind = before && leaving ? (await checkRest(leaving, goal, before)).commits : null;
    const end = leaving && (await takeEnd(leaving));
    const event = eventOf(run, catalogue, end, await readStart(target.client));
    const intent: Intent = { event, request: goal.request, keepDays: goal.keepDays, behind };
    if (cache) await flushCache(docker, cache, log);
    await writeIntent(docker, stack, intent);
    checkTime(goal, hold);
    const paused = Number.isFinite(hold.left());
    asked = true;
    await writePooler(docker, stack, { op: "point", epoch, generation, address, paused });
    await changeOwn(docker, stack, epoch, (current) => withPromotion(current, intent));
    // What requests that were cut wrote in between.
    if (cache) await flushCache(docker, cache, log);
    const heldSeconds = paused ? (performance.now() - hold.began) / 1000 : 0;
    await hold.release();
    return { event, behind, heldSeconds, cut: hold.cut, end };
  } catch (error) {
    await hold?.release().catch((cause: Error) => log(`${cause.message}; the lease ends the hold`));
    if (!asked || (await isElsewhere(run))) {
      await target.putBack();
      await revive().catch((cause: Error) => log(cause.message));
      await reopen().catch((cause: Error) => log(`${cause.message}; \`up\` settles it`));
    }
    throw error;
  }
}

/** Whether the pooler certainly did not switch: its file may be written although PgBouncer did not take it. */
async function isElsewhere({ docker, goal }: PromotionRun): Promise<boolean> {
  const state = await readPooler(docker, goal.stack);
  return state.kind === "read" && state.file?.generation !== goal.generation;
}

function checkTime({ hold: { maxSeconds } }: PromotionGoal, hold: Hold): void {
  if (hold.left() > reserveSeconds) return;
  throw new Error(
    `expected the switch within the hold, got ${(maxSeconds - hold.left()).toFixed(1)} s of ${maxSeconds} s gone before it; raise router.hold.maxSeconds`,
  );
}

export function eventOf(
  { goal, actor, reason }: PromotionRun,
  catalogue: Catalogue,
  end: End | null,
  start: Promotion["start"],
): Promotion {
  const from = catalogue.promotions.at(-1)?.generation ?? null;
  const { generation, kind } = goal;
  const at = new Date().toISOString();
  return { at, generation, from, kind, end: end && { name: end.name, lsn: end.lsn }, start, actor, reason };
}

/** The line of the journal. */
export function entryOf({ epoch, begun }: PromotionRun, { event, behind, heldSeconds, cut }: Switched) {
  const { generation: to, from, kind, end, actor, reason } = event;
  const seconds = (performance.now() - begun) / 1000;
  const fields = { from, to, kind, behind, seconds, heldSeconds, cut, end, promotedAt: event.at, epoch, reason, actor };
  return { event: "promoted", operation: "promotion", level: 3, ...fields };
}

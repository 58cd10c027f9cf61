import { isDeepStrictEqual } from "node:util";
import type { ColorName } from "../../stacks/schema.ts";
import { flushCache, goesBack } from "../cache/flush.ts";
import { isDatabaseDead } from "../database/dead.ts";
import { isBack } from "../journal/back.ts";
import { type JournalEntry, readJournal } from "../live/journal.ts";
import type { OperationRun } from "../live/program.ts";
import { confirm } from "./confirm.ts";
import { awaitDrain, endDrain } from "./drain.ts";
import { colorsToDrain, type Drain, prepareDrain } from "./drains.ts";
import { passGate } from "./gate.ts";
import { hashGoal, type Pointer, type RouterGoal } from "./goal.ts";
import { configHash, install, installBack } from "./install.ts";
import { readOutage } from "./outage.ts";
import { routerName } from "./state.ts";
import { describePointer, gated, levelOf, moves } from "./traffic.ts";
import { firstWrite, type Written, write } from "./writer.ts";

export interface RouterRun extends OperationRun<RouterGoal> {
  readonly nginxConf: string;
}

export interface RouterResult extends Moved {
  readonly color: ColorName;
  readonly release: string | null;
  readonly mode: Pointer["mode"];
  /** Counted by the router since the traffic last moved; `failed`: answers of 500 and above. */
  readonly requests: number;
  readonly failed: number;
}

/**
 * Brings the router to its goal, from whatever state it is in: gate, structural configuration, switch, in-band
 * confirmation, start of the drain. A goal that holds already is only confirmed.
 * @throws when it cannot; the old state is back then, or the marker's `pending` says that it is not
 */
export async function runRouter(run: RouterRun): Promise<RouterResult> {
  const { docker, goal, epoch, log } = run;
  const router = routerName(goal.stack);
  const hash = hashGoal(goal, run.nginxConf);
  const targets = { colors: goal.colors };
  const found = await firstWrite(docker, router, { op: "pend", epoch, goal: hash, pointer: goal.pointer, targets });
  const from = found.acting;
  const entering = gated(from, goal.pointer);
  const effects: Effects = { installed: false, pointed: false, committed: false, drains: [] };
  const begun = performance.now();
  try {
    for (const color of entering) await passGate(docker, router, color, goal, log);
    if (found.configHash !== configHash(run.nginxConf)) {
      await install(docker, router, epoch, run.nginxConf);
      effects.installed = true;
      log("nginx runs the new configuration");
    }
    const moved = await point(run, router, found, entering, effects);
    const leaving = await colorsToDrain(docker, goal, from, found.status);
    effects.drains = leaving.map((color) => prepareDrain(docker, router, color, goal));
    // Without the database the right color answers 503 on its own.
    await confirm(docker, router, goal, (await isDatabaseDead(docker, goal.database)) ? [] : entering);
    log(`confirmed: ${describePointer(goal.pointer)}`);
    const drained = Promise.all(effects.drains.map((drain) => drain.start(log)));
    const done = await write(docker, router, { op: "commit", epoch, goal: hash, pointer: goal.pointer });
    const seconds = (performance.now() - begun) / 1000;
    effects.committed = true;
    const result = summary(goal.pointer, done, moved);
    if (moves(from, goal.pointer)) {
      const { requests, failed } = result;
      const told = await tell(run, from, found.status.since);
      await run.journal({ ...entry(run, "switched", from), ...moved, seconds, requests, failed, ...told });
    }
    await drained;
    if (goal.drain.wait) for (const color of leaving) await awaitDrain(docker, goal.stack, color);
    return result;
  } catch (error) {
    if (!effects.committed) await putBack(run, router, found, effects, error as Error);
    throw error;
  }
}

interface Effects {
  installed: boolean;
  pointed: boolean;
  committed: boolean;
  drains: readonly Drain[];
}

interface Moved {
  /** From the journal's `switching` line until nginx had the new pointer; 0: nothing moved. */
  readonly moveSeconds: number;
  /** How long the first requests had to wait; 0: nothing was held. */
  readonly heldSeconds: number;
}

/** Moves the pointer, which ends a hold. */
async function point(
  run: RouterRun,
  router: string,
  found: Written,
  entering: readonly ColorName[],
  effects: Effects,
): Promise<Moved> {
  const { docker, goal, epoch, log } = run;
  const { hold } = found.file;
  const still: Moved = { moveSeconds: 0, heldSeconds: 0 };
  if (isDeepStrictEqual(found.file.pointer, goal.pointer) && hold === null) return still;
  const request = { op: "point", epoch, pointer: goal.pointer } as const;
  if (!moves(found.acting, goal.pointer) && hold === null) {
    effects.pointed = true;
    await write(docker, router, request);
    return still;
  }
  // With a hold the schema's operation has done it, before it moved the schema.
  const flush = hold === null && goesBack(found.acting, goal.pointer) ? goal.cache : undefined;
  if (flush) await flushCache(docker, flush, log);
  const ended = Promise.all(entering.map((color) => endDrain(docker, goal.stack, color)));
  ended.catch(() => {});
  const { at } = await run.journal(entry(run, "switching", found.acting));
  log(`switching ${describePointer(found.acting)} -> ${describePointer(goal.pointer)}`);
  effects.pointed = true;
  const written = await write(docker, router, request);
  const since = (time: string) => Math.max(0, written.at - Date.parse(time)) / 1000;
  const moved = { moveSeconds: since(at), heldSeconds: hold ? since(hold.since) : 0 };
  log(
    `moved in ${moved.moveSeconds.toFixed(3)} s${hold ? `; requests waited for ${moved.heldSeconds.toFixed(1)} s` : ""}`,
  );
  await ended;
  // What requests of the color being left wrote in between.
  if (flush) await flushCache(docker, flush, log);
  return moved;
}

function summary({ color, mode, releases }: Pointer, done: Written, moved: Moved): RouterResult {
  const counters = Object.values(done.status.colors);
  const requests = counters.reduce((sum, one) => sum + one.requests, 0);
  const failed = counters.reduce((sum, one) => sum + one.errors, 0);
  return { color, release: releases[color], mode, ...moved, requests, failed };
}

/** What is known of a switch only once the traffic has moved: nothing waits for it but the journal. */
async function tell({ docker, goal }: RouterRun, from: Pointer, since: string | null) {
  const [outage, lines] = await Promise.all([
    readOutage(docker, goal.stack, { since: since === null ? 0 : Date.parse(since), moved: Date.now() }),
    readJournal(docker, goal.stack).catch(() => []),
  ]);
  const { color, releases, mode } = goal.pointer;
  const back = mode === "serve" && from.releases[from.color] !== releases[color] && isBack(lines, releases[color]);
  return { ...outage, back };
}

/** Undoes what had an effect, newest first, and checks it; only then `pending` goes. */
async function putBack(run: RouterRun, router: string, found: Written, effects: Effects, cause: Error): Promise<void> {
  const { docker, epoch, log } = run;
  try {
    await Promise.all(effects.drains.map((drain) => drain.discard()));
    if (effects.installed && found.configHash !== null) await installBack(docker, router, epoch);
    if (schemaHasMoved(found)) return await stayInMaintenance(run, router, found);
    if (effects.pointed) {
      await write(docker, router, { op: "point", epoch, pointer: found.acting });
      log(`put back: ${describePointer(found.acting)}`);
    }
    await write(docker, router, { op: "clear", epoch });
  } catch (error) {
    log(`the old state could not be put back: ${(error as Error).message}; \`up\` settles it`);
  }
  const failed = { ...entry(run, "failed", found.acting), error: cause.message };
  await run.journal(failed).catch((error: Error) => log(error.message));
}

/** The hold goes on to another color than the one that serves: the schema does not fit that one any more. */
const schemaHasMoved = ({ file, acting }: Written) => file.hold !== null && file.hold.then !== acting.color;

async function stayInMaintenance(run: RouterRun, router: string, found: Written): Promise<void> {
  const { color } = found.acting;
  await write(run.docker, router, {
    op: "point",
    epoch: run.epoch,
    pointer: { ...found.acting, mode: "maintenance" },
  });
  run.log(
    `maintenance is on: the schema does not fit ${color} any more. Forward: run \`up\` again. Back: pulumi config set activeColor ${color} && pulumi up`,
  );
}

function entry(run: RouterRun, event: string, from: Pointer): JournalEntry {
  const { goal, epoch, reason, actor } = run;
  const sides = { from: describePointer(from), to: describePointer(goal.pointer) };
  return { event, operation: "router", level: levelOf(from, goal.pointer), ...sides, epoch, reason, actor };
}

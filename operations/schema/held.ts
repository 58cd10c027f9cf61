import { stepsBetween } from "../../stacks/lineage.ts";
import { type ColorName, otherColor } from "../../stacks/schema.ts";
import { flushCache } from "../cache/flush.ts";
import { writePooler } from "../pooler/writer.ts";
import { probeServices } from "../router/health.ts";
import { routerName } from "../router/state.ts";
import { write } from "../router/writer.ts";
import { type Hold, takeHold } from "./hold.ts";
import type { Leaving } from "./leaving.ts";
import { type Move, migrateTo, type SchemaResult } from "./operation.ts";
import { isCommitted, moveBack, stayInMaintenance, undo } from "./way-back.ts";

/** Left of a hold for the router's operation, which ends it, or for the way back. */
const reserveSeconds = 1.5;
const readyMilliseconds = 1000;
const pauseMilliseconds = 100;

/**
 * Moves the schema while requests wait, and leaves the hold to the router's operation.
 * @throws before the commit with everything as before; after it with the schema back, or in maintenance and pending
 */
export async function moveHeld(move: Move, leaving: Leaving): Promise<SchemaResult> {
  const { docker, goal, epoch, hash, log, from } = move;
  const target = otherColor(leaving.color);
  const router = routerName(goal.stack);
  const pointer = { ...leaving.pointer, color: target };
  await write(docker, router, { op: "pend", epoch, goal: hash, pointer, targets: { colors: goal.colors } });
  let armed = false;
  try {
    await move.journal({ ...move.entry, event: "holding" });
    const hold = await takeHold(move, leaving.color);
    const { lost, restored } = await migrateTo(move, goal.head, async () => {
      if (goal.cache && isDown(move)) await flushCache(docker, goal.cache, log);
      checkTime(move, hold);
      armed = true;
      await hold.armMaintenance();
    });
    await writePooler(docker, goal.stack, { op: "set", epoch, open: goal.open });
    await hold.armTarget(target);
    log(`the schema is at ${goal.head || "its beginning"}, was at ${from}; ${target} has the database`);
    await expectReady(move, target, hold);
    return { from, to: goal.head, lost, restored, cut: hold.cut };
  } catch (error) {
    const { message } = error as Error;
    const committed = armed && (await isCommitted(move));
    if (committed === false) {
      await undo(move, leaving);
      throw error;
    }
    const back = committed ? await moveBack(move, leaving) : "the database does not say whether the schema moved";
    if (back === undefined)
      throw new Error(`${message}; the schema is back at ${from}, and ${leaving.color} serves as before`);
    throw new Error(`${message}; ${await stayInMaintenance(move, leaving, back)}`);
  }
}

const isDown = ({ lineage, from, goal }: Move) => stepsBetween(lineage, from, goal.head).direction === "down";

function checkTime({ goal }: Move, hold: Hold): void {
  if (hold.left() > reserveSeconds) return;
  const spent = goal.hold.maxSeconds - hold.left();
  throw new Error(
    `expected the schema to move within the hold, got ${spent.toFixed(1)} s of ${goal.hold.maxSeconds} s gone before its commit; raise router.hold.maxSeconds`,
  );
}

/** The target must be ready on the new schema, asked past the router, while the way back is still open. */
async function expectReady({ docker, goal }: Move, target: ColorName, hold: Hold): Promise<void> {
  for (;;) {
    const health = await probeServices(docker, routerName(goal.stack), goal.colors[target], readyMilliseconds);
    const ill = health.filter(({ ready }) => !ready);
    if (ill.length === 0) return;
    if (hold.left() < reserveSeconds) {
      const reasons = ill.map(({ container, detail }) => `${container}: ${detail}`).join("; ");
      throw new Error(`expected ${target} to be ready on the schema ${goal.head} within the hold, got ${reasons}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}

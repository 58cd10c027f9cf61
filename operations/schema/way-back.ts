import { otherColor } from "../../stacks/schema.ts";
import { clearPending, pendSchema, readSchema } from "../migrations/schema-state.ts";
import { writePooler } from "../pooler/writer.ts";
import { routerName } from "../router/state.ts";
import { write } from "../router/writer.ts";
import type { Leaving } from "./leaving.ts";
import { anyLoss, connectAsMigrator, type Move, migrateTo } from "./operation.ts";

/** Whether the migration's commit took place, asked on a new connection; undefined: the database does not say. */
export async function isCommitted({ docker, goal, from }: Move): Promise<boolean | undefined> {
  try {
    const client = await connectAsMigrator(docker, goal);
    try {
      return (await readSchema(client)).head !== from;
    } finally {
      await client.end();
    }
  } catch {
    return undefined;
  }
}

/** Nothing was committed: the entries of the color being left open again, its requests go on. */
export async function undo(move: Move, leaving: Leaving): Promise<void> {
  try {
    await reopen(move, leaving);
    await clearPending(move.client, move.epoch);
  } catch (error) {
    move.log(
      `the hold could not be ended: ${(error as Error).message}; its lease ends it, and \`up\` settles the rest`,
    );
  }
}

/** Moves the schema back, with the values that were kept, and lets the color being left serve. @returns what stopped it */
export async function moveBack(move: Move, leaving: Leaving): Promise<string | undefined> {
  const { docker, goal, epoch, hash, from, log } = move;
  log(`moving the schema back to ${from}`);
  try {
    await writePooler(docker, goal.stack, { op: "set", epoch, open: { blue: false, green: false } });
    await pendSchema(move.client, epoch, hash);
    // Nobody had requests since the commit; what the target wrote by itself is kept.
    await migrateTo({ ...move, allowDataLoss: anyLoss(move.lineage) }, from);
    await reopen(move, leaving);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Neither color fits for certain: nobody gets requests until `up` has settled it. @returns what to tell */
export async function stayInMaintenance(move: Move, leaving: Leaving, why: string): Promise<string> {
  const { docker, goal, epoch } = move;
  const pointer = { ...leaving.pointer, mode: "maintenance" as const };
  const on = await write(docker, routerName(goal.stack), { op: "point", epoch, pointer }).then(
    () => "maintenance is on",
    (error: Error) => `maintenance could not be switched on (${error.message})`,
  );
  const target = otherColor(leaving.color);
  return `${why}; ${on}. Forward: run \`up\` again (activeColor ${target}). Back: pulumi config set activeColor ${leaving.color} && pulumi up`;
}

async function reopen({ docker, goal, epoch }: Move, leaving: Leaving): Promise<void> {
  const router = routerName(goal.stack);
  await writePooler(docker, goal.stack, { op: "set", epoch, open: leaving.open });
  await write(docker, router, { op: "point", epoch, pointer: leaving.pointer });
  await writePooler(docker, goal.stack, { op: "clear", epoch });
  await write(docker, router, { op: "clear", epoch });
}

import { writePooler } from "../pooler/writer.ts";
import { enterMeanwhile, leaveMeanwhile, type Meanwhile } from "../recovery/meanwhile.ts";
import type { PromotionRun } from "./switch.ts";

/**
 * Shows everybody the maintenance page and takes the database from both colors, whose files are about to be others. The
 * schema's and the router's operations end that, once the containers are made anew.
 * @param serving container of the database that the pooler points to
 * @returns what takes it back
 */
export async function closeForFiles(run: PromotionRun, serving: string): Promise<() => Promise<void>> {
  const { docker, goal, epoch, hash, log } = run;
  const { stack, database } = goal;
  const closed: Meanwhile = {
    ...{ docker, stack, epoch, goal: hash, log },
    during: "maintenance",
    serving: { container: serving, database },
    // The restore has one of its own, which is given back after this.
    record: "remount.json",
  };
  const reopen = async () => {
    await writePooler(docker, stack, { op: "pend", epoch, goal: hash });
    await leaveMeanwhile(closed);
  };
  try {
    await enterMeanwhile(closed);
  } catch (error) {
    await reopen().catch((cause: Error) => log(`${cause.message}; \`up\` settles it`));
    throw error;
  }
  return reopen;
}

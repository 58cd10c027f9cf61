import type { Catalogue } from "../generations/format.ts";
import { writePooler } from "../pooler/writer.ts";
import { hashRestoreGoal, type RestoreGoal } from "../recovery/goal.ts";
import { leaveMeanwhile } from "../recovery/meanwhile.ts";
import type { PromotionRun } from "./switch.ts";

/** Gives the application back what it had before its data was restored: the switch that was to follow did not happen. */
export async function giveBack(run: PromotionRun, catalogue: Catalogue): Promise<void> {
  const { docker, goal, log } = run;
  const { stack, leaving, database, during } = goal;
  const request = catalogue.requests.find(({ hash }) => hash === goal.request);
  if (!leaving || !request || during === "serve") return;
  const { epoch } = request;
  const hash = hashRestoreGoal(JSON.parse(request.goal) as RestoreGoal);
  // The restore's own epoch, which the router has still; the pooler has had this operation's since.
  if (during === "maintenance") await writePooler(docker, stack, { op: "pend", epoch, goal: hash });
  const serving = { container: leaving.container, database };
  await leaveMeanwhile({ docker, stack, epoch, goal: hash, during, serving, log });
}

import type Docker from "dockerode";
import { type Catalogue, servingGeneration } from "../generations/format.ts";
import { writePooler } from "../pooler/writer.ts";
import { readSettled } from "../promotion/settle.ts";
import { hashRestoreGoal, type RestoreGoal } from "./goal.ts";
import { leaveMeanwhile } from "./meanwhile.ts";

/** A step between a restore and the switch that is to follow it. */
export interface Step {
  readonly docker: Docker;
  readonly goal: { readonly stack: string; readonly generation: string };
  readonly log: (line: string) => void;
}

/**
 * Does what a generation needs before it may serve; where that fails while its request is pending, the application gets
 * back what it had before its data was restored, as after a restore that fails.
 * @throws what the work throws
 */
export async function orGiveBack<T>(step: Step, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const catalogue = await readSettled(step.docker, step.goal.stack).catch(() => undefined);
    const given = catalogue && giveBack(step, catalogue);
    await given?.catch(({ message }: Error) =>
      step.log(`the application could not be given back what it had: ${message}; \`up\` settles it`),
    );
    throw error;
  }
}

/** Gives the application back what it had before its data was restored: the switch that was to follow did not happen. */
export async function giveBack({ docker, goal, log }: Step, catalogue: Catalogue): Promise<void> {
  const { stack, generation } = goal;
  const request = catalogue.requests.find((one) => one.generation === generation && one.state === "pending");
  if (!request) return;
  const { epoch } = request;
  const restored = JSON.parse(request.goal) as RestoreGoal;
  const { during, database } = restored;
  if (during === "serve") return;
  const hash = hashRestoreGoal(restored);
  // The restore's own epoch, which the router has still; the pooler may have had another operation's since.
  if (during === "maintenance") await writePooler(docker, stack, { op: "pend", epoch, goal: hash });
  const serving = { container: `${stack}-database-${servingGeneration(catalogue)}`, database };
  await leaveMeanwhile({ docker, stack, epoch, goal: hash, during, serving, log });
}

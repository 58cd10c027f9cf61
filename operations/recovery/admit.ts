import type { Catalogue } from "../generations/format.ts";
import type { RestoreGoal } from "./goal.ts";

/**
 * What an operation may do, by the catalogue alone: `make` the generation; nothing, for it is `made` already; nothing, for the
 * request is `over`: it was done, or abandoned.
 * @throws when the request is unknown, or another operation has it
 */
export function admit(catalogue: Catalogue | undefined, goal: RestoreGoal, epoch: string): "make" | "made" | "over" {
  const request = catalogue?.requests.find(({ hash }) => hash === goal.request);
  const generation = catalogue?.generations.find(({ name }) => name === goal.generation);
  if (!request || !generation) {
    throw new Error(
      `expected the request ${goal.request.slice(0, 8)} and its generation ${goal.generation} in the catalogue, got none; run \`up\`, which records them`,
    );
  }
  if (request.state !== "pending") return "over";
  if (request.epoch !== epoch) {
    throw new Error(
      `expected epoch ${epoch} to be the one of the request for ${goal.generation}, got ${request.epoch}; another operation has begun since`,
    );
  }
  return generation.state === "making" ? "make" : "made";
}

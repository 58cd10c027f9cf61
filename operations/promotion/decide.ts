import { type Catalogue, servingGeneration } from "../generations/format.ts";
import type { PromotionGoal } from "./goal.ts";

/** Where the pooler's entries point. */
export interface Pointed {
  readonly generation: string;
  readonly address: string;
  /** Whether that generation's container runs, so that it may have been written to. */
  readonly runs: boolean;
}

/**
 * What is to be done: `stay`: it serves already. `record`: it does, and the catalogue does not say so yet. `point`: the
 * catalogue says so, but the pooler points to where nothing runs. `switch`: another one serves.
 */
export type Step = "stay" | "record" | "point" | "switch";

/**
 * Decides how the goal is reached from what is found.
 * @param pointed undefined: the pooler has no file, or a broken one
 * @throws when the generation is not whole, or the pooler points where neither config nor catalogue says
 */
export function decide(catalogue: Catalogue, goal: PromotionGoal, pointed: Pointed | undefined): Step {
  const { stack, generation, address, leaving } = goal;
  const wanted = catalogue.generations.find(({ name }) => name === generation);
  if (wanted?.state !== "ready") {
    const got = wanted ? `one that is ${wanted.state}` : "none of that name";
    throw new Error(`expected generation ${generation} to be ready, got ${got}; see \`switchback generations list\``);
  }
  const first = catalogue.promotions.length === 0;
  const serving = servingGeneration(catalogue);
  if (pointed?.generation === generation && pointed.address === address)
    return first || serving !== generation ? "record" : "stay";
  if (pointed?.runs && pointed.generation !== serving && pointed.generation !== generation) {
    throw new Error(
      `expected the pooler to point at ${serving}, which serves, got ${pointed.generation}, which runs and may have been written to; keep it: pulumi config set generation ${pointed.generation}; or go back to ${serving}: docker exec ${stack}-pooler switchback-pooler point ${serving}`,
    );
  }
  if (first || serving === generation) return "point";
  if (leaving?.generation !== serving) {
    throw new Error(
      `expected ${leaving?.generation ?? generation} to serve, as when this update began, got ${serving}; run \`up\` again`,
    );
  }
  return "switch";
}

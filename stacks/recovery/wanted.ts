import { type Catalogue, type RecoveryRequest, servingGeneration } from "../../operations/generations/format.ts";
import { behindSince } from "../../operations/promotion/since.ts";
import type { Since } from "../../operations/recovery/behind.ts";
import { no, yes } from "../condition.ts";
import type { Condition } from "../verdict.ts";
import type { RecoveryFacts } from "./facts.ts";
import type { RequestState } from "./request.ts";

/** What the config's keys ask for together. */
export interface Wanted {
  /** A generation is made, or goes on being made. */
  readonly restores: boolean;
  /** The kept generation that is to serve again; undefined: none. */
  readonly undo: string | undefined;
  readonly conditions: readonly Condition[];
}

/** Works out what is asked for. @param generation the config's key of that name */
export function wantedSwitch(generation: string | undefined, catalogue: Catalogue, state: RequestState): Wanted {
  const serving = servingGeneration(catalogue);
  const drill = state.kind === "new" ? state.asked.drill : state.kind === "pending" && state.recorded.drill;
  const restores = state.kind === "new" || state.kind === "pending";
  if (generation === undefined) return { restores, undo: undefined, conditions: [] };
  if (restores && !drill) {
    const conflict = `expected either a new target or generation, got both (${generation}); a target makes its own: pulumi config rm generation`;
    return { restores: false, undo: undefined, conditions: [no("generation", conflict)] };
  }
  if (generation === serving) return { restores, undo: undefined, conditions: [] };
  const problem = problemOf(generation, catalogue);
  if (problem) return { restores, undo: undefined, conditions: [no("generation", problem)] };
  const told = `${generation} is kept, and serves again; ${serving} is kept as the way back`;
  return { restores, undo: generation, conditions: [yes("generation", told)] };
}

/** Why a generation cannot serve again; undefined: it can. */
function problemOf(name: string, { generations }: Catalogue): string | undefined {
  const found = generations.find((generation) => generation.name === name);
  const kept = generations.filter(({ state }) => state === "ready").map((generation) => generation.name);
  const list = kept.join(", ");
  if (!found) return `expected one that is kept (${list}), got ${name}; pulumi config set generation <name>`;
  if (found.state === "ready") return undefined;
  const why = {
    making: "which is still being made",
    abandoned: "which was abandoned before it served; name its target again, with another recoveryId",
    drill: "which was made for a drill; name its target again, without drill",
  }[found.state];
  return `expected one that has served (${list}), got ${name}, ${why}`;
}

/** Since when what is written in the generation that serves is its own. */
export function sinceServing(catalogue: Catalogue): Since | undefined {
  return behindSince(catalogue, servingGeneration(catalogue), undefined, () => undefined);
}

/** Since when what is written in the generation that serves stays behind for a request that was taken up. */
export function sinceOfPending(
  { catalogue, points, dumps }: RecoveryFacts,
  request: RecoveryRequest,
): Since | undefined {
  return behindSince(catalogue, servingGeneration(catalogue), request, (name) => {
    const point = "value" in points ? points.value.find((one) => one.name === name) : undefined;
    const dump = "value" in dumps ? dumps.value.find((one) => one.name === name) : undefined;
    return point ? { lsn: point.lsn } : dump && { at: dump.at };
  });
}

import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { hashGoal, type RouterGoal } from "../operations/router/goal.ts";
import type { RouterState } from "../operations/router/state.ts";

/**
 * The epoch that the router's command gets as an input: the marker's own when the goal is reached, nothing is pending
 * and the live router is what the goal says, else a new one. A half-done change, a flip by hand or a lost file so
 * becomes one visible update, although the config equals the engine's state.
 */
export function epochFor(goal: RouterGoal, nginxConf: string, state: RouterState): string {
  if (state.kind !== "read" || !state.file?.marker) return newEpoch();
  const { marker, pointer, override } = state.file;
  const reached =
    marker.goal === hashGoal(goal, nginxConf) &&
    marker.pending === null &&
    !override &&
    isDeepStrictEqual(pointer, goal.pointer) &&
    isDeepStrictEqual(state.memory, goal.pointer) &&
    state.configHash === createHash("sha256").update(nginxConf).digest("hex");
  return reached ? marker.epoch : newEpoch();
}

/** The marker's own epoch; undefined: there is none. */
export const currentEpoch = (state: RouterState): string | undefined =>
  state.kind === "read" ? state.file?.marker?.epoch : undefined;

export const newEpoch = () => `${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`;

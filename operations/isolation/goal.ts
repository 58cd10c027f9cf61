import { createHash } from "node:crypto";

/** Who says that what was isolated is understood, so that the stack may run again on fresh containers. */
export interface Clearance {
  readonly by: string;
  /** RFC 3339 */
  readonly at: string;
}

/**
 * What the `isolation` command is to reach. `isolated`: every container runs on, cut from every network, and evidence of
 * it is kept. `ended`: it was a false alarm, and each has its networks back. `cleared`: each was made anew, and the
 * isolated ones stand aside.
 */
export type IsolationGoal =
  | { readonly stack: string; readonly state: "isolated" | "ended" }
  | { readonly stack: string; readonly state: "cleared"; readonly clearance: Clearance };

/** SHA-256, in hex, of what is reached. */
export const hashIsolationGoal = (goal: IsolationGoal): string =>
  createHash("sha256")
    .update(JSON.stringify([goal.stack, goal.state, goal.state === "cleared" ? goal.clearance : null]))
    .digest("hex");

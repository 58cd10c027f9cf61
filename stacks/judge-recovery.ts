import type Docker from "dockerode";
import type { Catalogue } from "../operations/generations/format.ts";
import type { PromotionGoal } from "../operations/promotion/goal.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import type { RequestState } from "./recovery/request.ts";
import type { Condition } from "./verdict.ts";

/** What the data of a stack is judged by. */
export interface RecoveryGiven {
  readonly docker: Docker;
  readonly plan: StackPlan;
  readonly live: Live;
  /** As it is now, before this run's request. */
  readonly catalogue: Catalogue;
  /** The active release's own checks: each returns one row whose first column is true. */
  readonly smoke: readonly string[];
  /** Who asks, and why: recorded with a request. */
  readonly actor: string;
  readonly reason: string;
}

/** What was decided about the data before the first resource is registered. */
export interface JudgedRecovery {
  readonly request: RequestState;
  /**
   * The catalogue with what this run takes up: a new request with its frozen RestoreGoal and epoch, its generation, the
   * requests that are abandoned. `up` writes it before the first resource is registered; a preview only plans with it.
   */
  readonly catalogue: Catalogue;
  /** Whether it differs from the given one, so that `up` has to write it. */
  readonly taken: boolean;
  /** Which generation serves when the run is done, and what it takes. What the stack's router and cache add is the caller's. */
  readonly promotion: Omit<PromotionGoal, "cache" | "hold">;
  /** Whether another generation serves when the run is done. */
  readonly moves: boolean;
  /** Head of the schema that the data has when the promotion is done; undefined: the live one; null: nobody knows. */
  readonly head: string | null | undefined;
  readonly conditions: readonly Condition[];
  /** What the change is, for the verdict's first line: `level 3, to 2026-…`; undefined: the data stays. */
  readonly summary: string | undefined;
  /** What the verdict adds: base, WAL, window, what stays behind, time and space. */
  readonly lines: readonly string[];
  /** What the change does, step by step. */
  readonly order: readonly string[];
  /** What it takes to go back afterwards; undefined: the data stays. */
  readonly back: string | undefined;
}

/** Looks at everything that a recovery depends on, each probe bounded in time, and decides about it. Nothing is written. */
export async function judgeRecovery(given: RecoveryGiven): Promise<JudgedRecovery> {
  const { catalogue } = given;
  throw new Error(`expected a judge of recoveries, got none yet (${catalogue.version})`);
}

import type Docker from "dockerode";
import type { Catalogue } from "../operations/generations/format.ts";
import type { Behind, Since } from "../operations/recovery/behind.ts";
import { newEpoch } from "./epoch.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import type { Probed } from "./probe-bounded.ts";
import { probeBasePoints } from "./recovery/clone.ts";
import { decideRecovery } from "./recovery/decide.ts";
import { probeBehind, probeImage, probeRecovery } from "./recovery/probe.ts";
import { probeFiles, probeGone } from "./recovery/probe-files.ts";
import { probeSegments } from "./recovery/probe-repository.ts";
import type { Promoting } from "./recovery/promotion.ts";
import { askedRecovery, findRequest, type RequestState } from "./recovery/request.ts";
import type { Resolved } from "./recovery/resolution.ts";
import { resolveTarget } from "./recovery/resolve.ts";
import type { Seen } from "./recovery/seen.ts";
import { probeDisks } from "./recovery/space.ts";
import { sinceOfPending, sinceServing, wantedSwitch } from "./recovery/wanted.ts";
import type { Condition } from "./verdict.ts";

/** What the data of a stack is judged by. */
export interface RecoveryGiven {
  readonly docker: Docker;
  readonly plan: StackPlan;
  readonly live: Live;
  /** As it counts now (`readSettled`), before this run's request. */
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
  readonly promotion: Promoting;
  /** Whether another generation serves when the run is done. */
  readonly moves: boolean;
  /** Head of the schema that the data has when the promotion is done; undefined: the live one; null: nobody knows. */
  readonly head: string | null | undefined;
  readonly conditions: readonly Condition[];
  /** What the change is, for the verdict's first line; undefined: the data stays. */
  readonly summary: string | undefined;
  /** What the verdict adds: source, window, what stays behind, time. */
  readonly lines: readonly string[];
  /** What the change does, step by step. */
  readonly order: readonly string[];
  /** What it takes to go back afterwards; undefined: the data stays. */
  readonly back: string | undefined;
}

/** Looks at everything that a recovery depends on, each probe bounded in time, and decides about it. Nothing is written. */
export async function judgeRecovery(given: RecoveryGiven): Promise<JudgedRecovery> {
  const { plan, catalogue } = given;
  const request = findRequest(askedRecovery(plan.config), catalogue);
  const wanted = wantedSwitch(plan.config.generation, catalogue, request.state);
  const concerned = wanted.restores || wanted.undo !== undefined;
  const seen = concerned ? await look(given, request.state, wanted.undo) : undefined;
  return decideRecovery({ ...given, request, wanted, seen, epoch: newEpoch(), at: new Date().toISOString() });
}

/** First what a target is resolved by, then what its base and its moment are judged by. */
async function look(
  { docker, plan, live, catalogue }: RecoveryGiven,
  state: RequestState,
  undo: string | undefined,
): Promise<Seen> {
  const kept = catalogue.generations.find(({ name }) => name === undo);
  const { facts, restores } = await probeRecovery(docker, plan, live, catalogue);
  const resolved = state.kind === "new" ? resolveTarget(state.asked.target, facts) : undefined;
  const resolution = resolved && "found" in resolved ? resolved.found : undefined;
  const stanza =
    resolution && "value" in facts.stanzas ? facts.stanzas.value.get(resolution.source.generation) : undefined;
  const since = resolution
    ? resolution.since
    : state.kind === "pending"
      ? sinceOfPending(facts, state.recorded)
      : sinceServing(catalogue);
  const [segments, basePoints, disks, image, behind, gone] = await Promise.all([
    resolution?.base && stanza ? probeSegments(docker, plan, live, stanza, resolution) : undefined,
    resolution?.base && probeBasePoints(docker, plan, resolution),
    probeDisks(docker, plan),
    probeImage(docker),
    countedSince(docker, plan, resolved, since),
    kept && probeGone(docker, kept.files),
  ]);
  // By itself, as it takes a processor, and the others must answer in time.
  const files = resolution && (await probeFiles(docker, plan));
  return { facts, restores, resolved, segments, basePoints, disks, image, behind, files, gone };
}

async function countedSince(
  docker: Docker,
  plan: StackPlan,
  resolved: Resolved | undefined,
  since: Since | undefined,
): Promise<Probed<Behind> | undefined> {
  return since && !(resolved && "refused" in resolved) ? probeBehind(docker, plan, since) : undefined;
}

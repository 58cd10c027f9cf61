import { servingGeneration } from "../../operations/generations/format.ts";
import type { RestoredFiles, RestoreGoal } from "../../operations/recovery/goal.ts";
import { no, yes } from "../condition.ts";
import type { JudgedRecovery, RecoveryGiven } from "../judge-recovery.ts";
import { filesMove } from "../service-files.ts";
import type { Condition } from "../verdict.ts";
import { allowanceCondition } from "./allowance.ts";
import { judgeReplay, type Replay } from "./archive.ts";
import { type ExpectedClone, expectClone, tellClone } from "./clone.ts";
import { headCondition, versionCondition } from "./conditions.ts";
import { chooseFiles, keptFilesCondition } from "./files.ts";
import { headBetween } from "./heads.ts";
import { promotionOf, type Switch } from "./promotion.ts";
import { describeWindow, goodBases, reigns } from "./reach.ts";
import type { FoundRequest } from "./request.ts";
import { nearestPoint, type Resolution } from "./resolution.ts";
import { restoreGoal, tellTarget } from "./restore-goal.ts";
import type { Seen } from "./seen.ts";
import { judgeSpace } from "./space.ts";
import {
  backTo,
  estimateSeconds,
  restoreOrder,
  tellBehind,
  tellEstimate,
  tellFilesBehind,
  undoOrder,
} from "./story.ts";
import { freeIndex, takeUp } from "./take.ts";
import type { Wanted } from "./wanted.ts";

export interface Deciding extends Omit<RecoveryGiven, "docker"> {
  readonly request: FoundRequest;
  readonly wanted: Wanted;
  /** Undefined: the data stays. */
  readonly seen: Seen | undefined;
  /** For an operation that is to run. */
  readonly epoch: string;
  /** RFC 3339, now. */
  readonly at: string;
}

/** One part of the decision. */
interface Part {
  readonly goal?: RestoreGoal | undefined;
  /** Another generation serves when the run is done. */
  readonly moves?: Switch;
  readonly head?: string | null;
  readonly conditions: readonly Condition[];
  readonly summary?: string | undefined;
  readonly lines: readonly string[];
  readonly order: readonly string[];
}

/** Decides about the data of a stack from what was found. */
export function decideRecovery(deciding: Deciding): JudgedRecovery {
  const { plan, catalogue, request, wanted, seen, epoch, at, actor, reason } = deciding;
  const serving = servingGeneration(catalogue);
  const parts = [
    ...(seen && wanted.restores ? [restorePart(deciding, seen, serving)] : []),
    ...(seen && wanted.undo !== undefined ? [undoPart(deciding, seen, wanted.undo, serving)] : []),
  ];
  const goal = parts.find((part) => part.goal)?.goal;
  const moving = parts.find((part) => part.moves);
  const bounded = moving?.moves?.kind === "undo" || goal?.during === "serve";
  const behind = seen?.behind ?? { unknown: "nobody knows since when" };
  const judged = moving && bounded ? [allowance(deciding, serving, behind, moving.moves?.kind === "recovery")] : [];
  const taken = takeUp(catalogue, request, { goal, epoch, at, actor, reason });
  const uncounted = "unknown" in behind && plan.config.accept.includes("allowance");
  return {
    request: request.state,
    catalogue: taken,
    taken: taken !== catalogue,
    promotion: promotionOf(plan, taken, moving?.moves, uncounted),
    moves: moving !== undefined,
    head: moving?.head,
    conditions: [...wanted.conditions, ...parts.flatMap(({ conditions }) => conditions), ...judged],
    summary: parts.flatMap(({ summary }) => summary ?? []).join("; ") || undefined,
    lines: [
      ...parts.flatMap(({ lines }) => lines),
      ...(moving ? [tellBehind(serving, seen?.behind)] : []),
      ...request.abandons.map(
        ({ generation }) => `the request for ${generation} is given up; what there is of it is kept as evidence`,
      ),
    ],
    order: parts.flatMap(({ order }) => order),
    back: moving && backTo(serving),
  };
}

const allowance = ({ plan }: Deciding, serving: string, behind: NonNullable<Seen["behind"]>, growing: boolean) =>
  allowanceCondition(serving, plan.config.allowDataLoss[serving], behind, growing);

function restorePart(deciding: Deciding, seen: Seen, serving: string): Part {
  const { request, plan, live } = deciding;
  const { state } = request;
  if (state.kind === "pending") {
    const { target, at, generation } = state.recorded;
    const goal = restoreGoal(deciding, state, undefined);
    const told = `${tellTarget(target)}: taken up at ${at}, and goes on in ${generation}`;
    return partOf(deciding, goal, serving, tellTarget(target), [
      yes("target", told),
      ...(goal.drill ? [] : [headCondition(plan, live, goal.expected.head, undefined)]),
    ]);
  }
  if (state.kind !== "new" || !seen.resolved) return nothing;
  if ("refused" in seen.resolved) return { ...nothing, conditions: [no("target", seen.resolved.refused)] };
  const { found } = seen.resolved;
  const chosen = chooseFiles({
    stack: plan.stack,
    volumes: plan.database?.files ?? [],
    generation: state.asked.generation,
    facts: seen.facts,
    resolution: found,
    copies: seen.files,
  });
  const goal = restoreGoal(deciding, state, found, chosen.files);
  const replay = judgeReplay(seen.facts, found, seen.segments ?? { unknown: "the repository was not asked" });
  const cloned = expectClone(seen.basePoints, seen.facts, found, replay?.bytes);
  const conditions = [
    yes(
      "target",
      `${found.told}, from ${goal.source.generation} (timeline ${goal.source.timeline}) into ${goal.generation}`,
    ),
    ...(replay ? [replay.condition] : []),
    spaceOf(deciding, seen, found, { replay, cloned, files: chosen.files }),
    versionCondition(seen.facts, found, seen.image),
    ...(goal.drill ? [] : [headCondition(plan, live, found.expected.head, found.point)]),
    ...(chosen.condition ? [chosen.condition] : []),
    ...addressCondition(deciding),
  ];
  const part = partOf(deciding, goal, serving, found.told, conditions, cloned);
  const seconds = cloned
    ? estimateSeconds(seen.restores, found.base, cloned.walBytes, "clone")
    : estimateSeconds(seen.restores, found.base, replay?.bytes);
  const lines = [
    `the window: ${describeWindow(seen.facts)}`,
    ...(cloned ? [tellClone(cloned)] : []),
    tellEstimate(seconds),
    ...(goal.drill ? [] : tellFilesBehind(chosen.files)),
  ];
  return { ...part, lines: [...lines, ...part.lines] };
}

function partOf(
  { plan }: Deciding,
  goal: RestoreGoal,
  serving: string,
  told: string,
  conditions: readonly Condition[],
  cloned?: ExpectedClone,
): Part {
  const { generation, drill, expected } = goal;
  const summary = `the data as it was ${told}, in ${generation}`;
  return {
    goal,
    ...(drill ? {} : { moves: { kind: "recovery", goal }, head: expected.head }),
    conditions,
    summary: drill ? `a drill: ${summary}; nothing switches` : summary,
    lines: [],
    order: restoreOrder(goal, serving, plan.config.recovery.keepDays, cloned?.point.name),
  };
}

interface Coming {
  readonly replay: Replay | undefined;
  readonly cloned: ExpectedClone | undefined;
  readonly files: readonly RestoredFiles[];
}

function spaceOf(
  { plan }: Deciding,
  { disks, facts }: Seen,
  { base, source }: Resolution,
  { replay, cloned, files }: Coming,
): Condition {
  const type = plan.database?.config.backup.repository?.options["repo1-type"];
  const elsewhere = type !== undefined && type !== "posix";
  const bases = goodBases(facts, source.generation);
  const fileBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const cloneWalBytes = cloned?.walBytes;
  return judgeSpace(disks, base, { bases, walBytes: replay?.bytes, cloneWalBytes, fileBytes, elsewhere });
}

/** Addresses that the generations of a stack can have. */
const addresses = 112;

const addressCondition = ({ catalogue }: Deciding): Condition[] =>
  freeIndex(catalogue) < addresses
    ? []
    : [
        no(
          "generation",
          `expected fewer than ${addresses} kept generations, got as many; remove old evidence: switchback generations remove <name>`,
        ),
      ];

/** A kept generation serves again. */
function undoPart(
  { plan, live, catalogue }: Deciding,
  { facts, gone }: Seen,
  generation: string,
  serving: string,
): Part {
  const of = (wanted: string) => catalogue.generations.find(({ name }) => name === wanted)!;
  const remounts = filesMove(plan, { serving: of(serving), next: of(generation) });
  const left = reigns(facts.catalogue).findLast((reign) => reign.generation === generation)?.until;
  const time = Date.parse(left ?? facts.now);
  const head = headBetween(facts, generation, time, time);
  return {
    moves: { kind: "undo", generation },
    head,
    conditions: [
      headCondition(plan, live, head, nearestPoint(facts, generation, time, head)),
      ...keptFilesCondition(generation, gone),
    ],
    summary: `${generation} serves again, with the data it had${left ? ` at ${left}` : ""}`,
    lines: [],
    order: undoOrder(generation, serving, plan.config.recovery.keepDays, remounts),
  };
}

const nothing: Part = { conditions: [], lines: [], order: [] };

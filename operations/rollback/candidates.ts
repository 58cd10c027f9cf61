import { colors, otherColor } from "../../stacks/schema.ts";
import { describeTarget, historyOf } from "../evidence/history.ts";
import { assessData } from "./assess-data.ts";
import { type Assessed, assessRelease } from "./assess-release.ts";
import type { Aim } from "./edits.ts";
import type { RollbackFacts } from "./facts.ts";
import { leftIn, lineOf, previousOf, type Served } from "./history.ts";

/** Somewhere that a rollback can go. */
export interface Candidate extends Assessed {
  /** What `--to` takes. */
  readonly id: string;
  readonly kind: "release" | "data" | "generation" | "golden";
  readonly aim: Aim;
  /** RFC 3339: when a release last began to serve, or the moment of the data; null: unknown. */
  readonly at: string | null;
  /** It is what `previous` means. */
  readonly previous: boolean;
}

/** Data points that are listed; older ones can still be named. */
const mostPoints = 8;

/** Everything that a rollback can go to: releases, tags, kept generations, then backup points, newest first. */
export function candidatesOf(facts: RollbackFacts): Candidate[] {
  const points = facts.points.toReversed().slice(0, mostPoints);
  return [
    ...releaseCandidates(facts),
    ...facts.golden.map(({ name }) => goldenCandidate(name, facts, 2)!),
    ...generationCandidates(facts),
    ...points.map(({ name }) => pointCandidate(name, facts)!),
  ];
}

/**
 * The release that `previous` means: by the line that leads here, else the warm one that was never left; undefined: there is
 * none, or the journal could not be read, so that nobody knows whether the warm one is the one that was gone back from.
 */
export function previousRelease(facts: RollbackFacts): string | undefined {
  if (!facts.served) return undefined;
  const served = actingHistory(facts);
  const before = previousOf(served);
  if (before) return before.release;
  const { serving } = facts;
  const other = serving && facts.colors[otherColor(serving.color)].release;
  return other && other !== serving.release && !leftIn(served).has(other) ? other : undefined;
}

/** The history with who serves now at its end, as after a move by hand. */
function actingHistory({ served = [], serving, now }: RollbackFacts): Served[] {
  const last = served.at(-1);
  if (!serving?.release || serving.release === last?.release) return [...served];
  return [...served, { color: serving.color, release: serving.release, at: now }];
}

function releaseCandidates(facts: RollbackFacts): Candidate[] {
  const served = actingHistory(facts);
  const line = lineOf(served)
    .toReversed()
    .map(({ release }) => release);
  const warm = colors.flatMap((color) => facts.colors[color].release ?? []);
  const names = [...new Set([...line, ...warm, ...leftIn(served)])];
  return names
    .filter((release) => release !== facts.serving?.release)
    .map((release) => releaseCandidate(release, facts));
}

/** A release by its tag. */
export function releaseCandidate(release: string, facts: RollbackFacts): Candidate {
  const at = facts.served?.findLast((one) => one.release === release)?.at ?? null;
  return {
    id: release,
    kind: "release",
    at,
    previous: release === previousRelease(facts),
    aim: { release, data: undefined },
    ...assessRelease(release, facts),
  };
}

/** A backup point by its name; undefined: there is none. */
export function pointCandidate(name: string, facts: RollbackFacts): Candidate | undefined {
  const point = facts.points.find((one) => one.name === name);
  if (!point) return undefined;
  const data = { kind: "backup", name } as const;
  return { id: name, kind: "data", at: point.at, previous: false, ...assessData(data, undefined, facts) };
}

/**
 * A tag. @param level 3: the data of its moment come back as well; undefined: there is no such tag
 */
export function goldenCandidate(name: string, facts: RollbackFacts, level: number): Candidate | undefined {
  const tag = facts.golden.find((one) => one.name === name);
  if (!tag) return undefined;
  const common = { id: name, kind: "golden", at: tag.at, previous: false } as const;
  if (level < 3) {
    const assessed = assessRelease(tag.release, facts);
    return { ...common, aim: { release: tag.release, data: undefined }, ...assessed };
  }
  const data = tag.point ? ({ kind: "backup", name: tag.point } as const) : ({ kind: "time", at: tag.at } as const);
  return { ...common, ...assessData(data, tag.release, facts) };
}

/** The data just before a release was left, with the release: the way back where no migration leads there. */
export function releaseWithData(release: string, facts: RollbackFacts): Candidate | undefined {
  const point = facts.points.findLast(({ activeColor, releases }) => activeColor && releases[activeColor] === release);
  if (!point) return undefined;
  const assessed = assessData({ kind: "backup", name: point.name }, release, facts);
  return { id: release, kind: "release", at: point.at, previous: release === previousRelease(facts), ...assessed };
}

function generationCandidates(facts: RollbackFacts): Candidate[] {
  const all = facts.recovery ? historyOf(facts.recovery.catalogue) : [];
  const kept = all.filter(({ state }) => state === "kept");
  return kept.map(({ name, left, target }) => ({
    id: name,
    kind: "generation",
    at: left?.at ?? null,
    previous: false,
    aim: { release: undefined, data: { kind: "generation", name } },
    level: 3,
    verdict: "yes",
    why: `kept (${describeTarget(target)}); what was written since stays behind`,
  }));
}

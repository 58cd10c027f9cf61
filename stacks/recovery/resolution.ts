import type { BackupPoint } from "../../operations/backup/point.ts";
import type { Since } from "../../operations/recovery/behind.ts";
import type { Material, RestoreGoal, Stop } from "../../operations/recovery/goal.ts";
import type { RecoveryFacts } from "./facts.ts";
import { reigns } from "./reach.ts";
import type { StoredBase } from "./stanza.ts";
import { segmentOf } from "./wal.ts";

/** What a target means. */
export interface Resolution {
  readonly source: Pick<RestoreGoal["source"], "generation" | "timeline">;
  readonly material: Material;
  readonly expected: RestoreGoal["expected"];
  /** Undefined: a dump. */
  readonly base: StoredBase | undefined;
  /** Last WAL segment that has to be there; undefined: not known yet, or none is needed. */
  readonly lastSegment: string | undefined;
  /** The moment itself, for people. */
  readonly told: string;
  /** In ms, not after the moment itself; and its position, where that is how it was asked for. */
  readonly moment: { readonly time: number; readonly lsn?: string | undefined };
  /** What was committed after it stays behind; undefined: it is not in the WAL of the generation that serves. */
  readonly since: Since | undefined;
  /** The backup point that is the target, or nearest to it with the schema that is expected. */
  readonly point: BackupPoint | undefined;
  /** Major version of the data; null: unknown, or a dump, which every version reads. */
  readonly postgres: string | null;
}

export type Resolved = { readonly found: Resolution } | { readonly refused: string };

/** Where replay stops, and what is known of it. */
export interface Place {
  readonly told: string;
  /** When it was, in ms. */
  readonly from: number;
  readonly to: number;
  readonly head: string | null;
  readonly lsn?: string | undefined;
  /** The backup point that it is. */
  readonly point?: BackupPoint | undefined;
}

/** What a base and a stop mean. */
export function found(facts: RecoveryFacts, generation: string, base: StoredBase, stop: Stop, place: Place): Resolved {
  const { told, from, head, lsn, point } = place;
  const { timeline } = base;
  const after = lsn === undefined ? { at: stop.kind === "time" ? stop.at : new Date(from).toISOString() } : { lsn };
  const last = stop.kind === "immediate" ? base.lastSegment : lsn === undefined ? undefined : segmentOf(lsn, timeline);
  return {
    found: {
      source: { generation, timeline },
      material: { kind: "base", label: base.label, stop },
      expected: { head, point: point?.name ?? null },
      base,
      lastSegment: point?.segment ?? last,
      told,
      moment: { time: from, lsn },
      since: sinceOf(facts, generation, after),
      point: point ?? nearestPoint(facts, generation, from, head),
      postgres: "value" in facts.stanzas ? (facts.stanzas.value.get(generation)?.postgres ?? null) : null,
    },
  };
}

/** In another generation than the one that serves, everything that serves has written since stays behind. */
export function sinceOf({ catalogue }: RecoveryFacts, generation: string, own: Since): Since | undefined {
  const last = reigns(catalogue).at(-1)!;
  if (generation === last.generation) return own;
  return catalogue.promotions.at(-1)?.start;
}

/** A backup point tells what ran before a change: the first one after a moment knows it best. */
export function nearestPoint(
  { points }: RecoveryFacts,
  generation: string,
  time: number,
  head: string | null,
): BackupPoint | undefined {
  if ("unknown" in points) return undefined;
  const own = points.value.filter((point) => point.generation === generation && (head === null || point.head === head));
  return own.find(({ at }) => Date.parse(at) >= time) ?? own.findLast(({ at }) => Date.parse(at) < time);
}

export const refuse = (refused: string): Resolved => ({ refused });

import type { Catalogue } from "../../operations/generations/format.ts";
import type { RecoveryFacts } from "./facts.ts";
import type { StoredBase } from "./stanza.ts";

/** A time in which one generation served: from `from` on, and not at `until` any more. */
export interface Reign {
  readonly generation: string;
  /** RFC 3339; null: since the stack began. */
  readonly from: string | null;
  /** null: it serves. */
  readonly until: string | null;
  /** Position of the restore point that ends it; null: there is none. */
  readonly end: string | null;
}

/** Every time in which a generation served, oldest first. */
export function reigns({ promotions, generations }: Catalogue): readonly [Reign, ...Reign[]] {
  const first = promotions[0];
  const generation = (first?.kind === "first" ? first.generation : first?.from) ?? generations[0]!.name;
  const later = promotions.filter(({ kind }) => kind !== "first");
  const starts = [{ generation, at: null }, ...later];
  const found = starts.map(({ generation, at }, index): Reign => {
    const next = later[index];
    return { generation, from: at, until: next?.at ?? null, end: next?.end?.lsn ?? null };
  });
  return found as [Reign, ...Reign[]];
}

/** Timeline of a generation's WAL. The server knows best; undefined: nobody knows. */
export function timelineOfGeneration({ catalogue, server, stanzas }: RecoveryFacts, name: string): number | undefined {
  if (name === reigns(catalogue).at(-1)?.generation && "value" in server) return server.value.timeline;
  const recorded = catalogue.generations.find((generation) => generation.name === name)?.timeline;
  return recorded ?? ("value" in stanzas ? stanzas.value.get(name)?.bases.at(-1)?.timeline : undefined);
}

/** Bases of a generation from which a restore can begin, oldest first. */
export function goodBases(facts: RecoveryFacts, name: string): readonly StoredBase[] {
  if ("unknown" in facts.stanzas) return [];
  const timeline = timelineOfGeneration(facts, name);
  const bases = facts.stanzas.value.get(name)?.bases ?? [];
  return bases.filter((base) => !base.broken && base.timeline === timeline);
}

/** Moment, in ms, from which a base leads anywhere: its end is known in whole seconds only. */
export const reachableFrom = ({ stoppedAt }: StoredBase): number => Date.parse(stoppedAt) + 1000;

/** Every time that can be gone back to, as a sentence says it. */
export function describeWindow(facts: RecoveryFacts): string {
  const spans = reigns(facts.catalogue).flatMap(({ generation, from, until }) => {
    const [first] = goodBases(facts, generation);
    if (!first) return [];
    const begin = Math.max(reachableFrom(first), from === null ? 0 : Date.parse(from));
    const end = until === null ? undefined : Date.parse(until);
    if (end !== undefined && begin >= end) return [];
    return [`${new Date(begin).toISOString()} to ${describeEnd(end)} (${generation})`];
  });
  return spans.join(", ") || "none, as there is no base";

  function describeEnd(end: number | undefined): string {
    if (end !== undefined) return new Date(end).toISOString();
    return "value" in facts.server && !facts.server.value.gap ? "now" : "the last of its WAL";
  }
}

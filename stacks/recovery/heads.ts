import type { RestoreGoal } from "../../operations/recovery/goal.ts";
import type { HeadMove, RecoveryFacts } from "./facts.ts";
import { reigns } from "./reach.ts";

/** What was seen of a schema, in ms. */
interface Sighting {
  readonly at: number;
  readonly head: string;
}

/**
 * Head of a generation's schema throughout a time, in ms; null: nobody knows, because it moved within it or what was
 * seen before and after does not agree.
 */
export function headBetween(facts: RecoveryFacts, generation: string, from: number, to: number): string | null {
  const moves = movesOf(facts, generation);
  if (moves.some(({ at, seconds }) => begin(at, seconds) <= to && Date.parse(at) >= from)) return null;
  const seen = sightings(facts, generation);
  const moved = moves.flatMap((move): Sighting[] => {
    const at = Date.parse(move.at);
    return at < from ? [{ at, head: move.to }] : [{ at: begin(move.at, move.seconds), head: move.from }];
  });
  const all = [...seen, ...moved].sort((a, b) => a.at - b.at);
  const before = all.findLast(({ at }) => at <= from);
  const after = all.find(({ at }) => at >= to);
  if (before && after && before.head !== after.head) return null;
  return (before ?? after)?.head ?? null;
}

/** The commit comes before the journal's line, by the time that the whole change took and what clocks differ by. */
const begin = (at: string, seconds: number): number => Date.parse(at) - (seconds + 1) * 1000;

function movesOf({ moves, catalogue }: RecoveryFacts, generation: string): readonly HeadMove[] {
  if ("unknown" in moves) return [];
  const own = reigns(catalogue).filter((reign) => reign.generation === generation);
  return moves.value.filter(({ at }) =>
    own.some(({ from, until }) => {
      const time = Date.parse(at);
      return (from === null || time >= Date.parse(from)) && (until === null || time < Date.parse(until));
    }),
  );
}

function sightings(facts: RecoveryFacts, generation: string): Sighting[] {
  const { catalogue, points, dumps, head, now } = facts;
  const kept = [...("value" in points ? points.value : []), ...("value" in dumps ? dumps.value : [])];
  const seen = kept
    .filter((point) => point.generation === generation)
    .map(({ at, head }) => ({ at: Date.parse(at), head }));
  const own = reigns(catalogue).filter((reign) => reign.generation === generation);
  const born = own[0]?.from;
  const request = catalogue.requests.find((request) => request.generation === generation);
  const wanted = request && (JSON.parse(request.goal) as RestoreGoal).expected.head;
  if (born && wanted !== null && wanted !== undefined) seen.push({ at: Date.parse(born), head: wanted });
  if (head !== undefined && own.at(-1)?.until === null) seen.push({ at: Date.parse(now), head });
  return seen;
}

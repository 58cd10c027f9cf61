import { type Facts, factsOf, sources } from "../../decision/facts.ts";
import { type Bands, bandValues } from "../../decision/symptoms.ts";
import { type Row, rowOf } from "../../decision/table.ts";

type Name = keyof Bands;

/** Bands that a judged fact follows from: severity, due, restart, strain. The others are facts as they are. */
export const judging = [...new Set([...sources.due, ...sources.restart])] as readonly Name[];
export const plain = (Object.keys(bandValues) as Name[]).filter((name) => !judging.includes(name));

/** Every combination of the values of these bands. */
export function* combinations(names: readonly Name[]): Generator<Partial<Bands>> {
  const [first, ...rest] = names;
  if (first === undefined) return void (yield {});
  for (const others of combinations(rest)) for (const value of bandValues[first]) yield { [first]: value, ...others };
}

export interface Case {
  /** One of the combinations of bands that come to these facts. */
  readonly bands: Bands;
  readonly facts: Facts;
  readonly row: Row;
  /** How many combinations they are. */
  readonly count: number;
}

/** Every combination of all bands, those that come to the same facts as one. */
export function allCases(): Case[] {
  const rest = [...combinations(plain)];
  const seen = new Map<string, { bands: Partial<Bands>; count: number }>();
  for (const bands of combinations(judging)) {
    const { severity, due, restart, strain, began, disk } = factsOf({ ...rest[0], ...bands } as Bands);
    // What a rule is about may be a band that is no fact by itself.
    const { crash, restarted, latency } = bands;
    const key = [severity, due, restart, strain, began, disk, restarted, crash, latency !== "none"].join();
    const known = seen.get(key);
    if (known) known.count++;
    else seen.set(key, { bands, count: 1 });
  }
  return [...seen.values()].flatMap(({ bands: judged, count }) =>
    rest.map((others) => {
      const bands = { ...others, ...judged } as Bands;
      const facts = factsOf(bands);
      return { bands, facts, row: rowOf(facts), count };
    }),
  );
}

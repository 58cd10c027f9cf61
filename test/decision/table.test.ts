import { expect, it } from "vitest";
import { type Facts, factsOf, factValues, sources } from "../../decision/facts.ts";
import { type Bands, bandValues } from "../../decision/symptoms.ts";
import { holds, outcomeKinds, table } from "../../decision/table.ts";
import { combinations, judging, plain } from "./everything.ts";

/** Every combination of the values of all facts, those that no symptoms come to included. */
function* allFacts(names = Object.keys(factValues) as (keyof Facts)[]): Generator<Partial<Facts>> {
  const [first, ...rest] = names;
  if (first === undefined) return void (yield {});
  for (const others of allFacts(rest)) for (const value of factValues[first]) yield { [first]: value, ...others };
}

it("has exactly one row for each combination of facts", () => {
  const used = new Set<string>();
  let count = 0;
  const wrong: unknown[] = [];
  for (const facts of allFacts()) {
    const rows = table.filter(({ when }) => holds(when, facts as Facts));
    if (rows.length !== 1) wrong.push({ facts, rows: rows.map(({ name }) => name) });
    for (const { name } of rows) used.add(name);
    count++;
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(count).toBe(Object.values(factValues).reduce((product, values) => product * values.length, 1));
  expect([...used].sort()).toEqual(table.map(({ name }) => name).sort());
});

it("gets facts, of the declared values, from every combination of bands", () => {
  const some = Object.fromEntries(plain.map((name) => [name, bandValues[name][0]]));
  const judged = ["severity", "due", "restart", "strain", "began", "disk"] as const;
  const seen = new Map(judged.map((name) => [name, new Set<string>()]));
  let count = 0;
  for (const bands of combinations(judging)) {
    const facts = factsOf({ ...some, ...bands } as Bands);
    for (const [name, values] of seen) values.add(facts[name]);
    count++;
  }
  for (const [name, values] of seen) expect([...values].sort(), name).toEqual([...factValues[name]].sort());
  for (const name of plain) count *= bandValues[name].length;
  expect(count).toBe(Object.values(bandValues).reduce((product, values) => product * values.length, 1));
});

it("gets each fact from the bands that are named as its sources, and from no other", () => {
  const sample = [...combinations(judging)].filter((_, at) => at % 17 === 0);
  const others = Object.fromEntries(plain.map((name) => [name, bandValues[name][0]]));
  for (const judged of sample) {
    const bands = { ...others, ...judged } as Bands;
    const facts = factsOf(bands);
    for (const name of Object.keys(bandValues) as (keyof Bands)[]) {
      for (const value of bandValues[name]) {
        const changed = factsOf({ ...bands, [name]: value });
        const moved = (Object.keys(facts) as (keyof Facts)[]).filter((fact) => facts[fact] !== changed[fact]);
        if (moved.some((fact) => !sources[fact].includes(name))) expect({ bands, name, value, moved }).toBe("unmoved");
      }
    }
  }
});

it.each(table.map((row) => [row.name, row] as const))("says of %s what is refused and what to type", (_, row) => {
  expect(Object.keys(row.refused)).not.toContain(row.outcome);
  expect(Object.keys(row.refused).length).toBeGreaterThanOrEqual(2);
  expect(row.next.length).toBeGreaterThan(0);
});

it("comes to every outcome", () => {
  expect(new Set(table.map(({ outcome }) => outcome))).toEqual(new Set(outcomeKinds));
});

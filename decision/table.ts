import type { Facts } from "./facts.ts";
import { broken } from "./rows-broken.ts";
import { data } from "./rows-data.ts";
import { running } from "./rows-running.ts";

export const outcomeKinds = [
  "monitor",
  "restart",
  "free resources",
  "fix forward",
  "isolate",
  "level 1",
  "level 2",
  "level 3",
] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** From at once to when there is time. */
export const priorities = ["P1", "P2", "P3", "P4"] as const;
export type Priority = (typeof priorities)[number];

/** Values of each fact for which a row holds; a fact that is not named may be any. */
export type When = { readonly [Name in keyof Facts]?: readonly Facts[Name][] };

export interface Row {
  readonly name: string;
  readonly when: When;
  readonly outcome: OutcomeKind;
  /** At least this; a worse severity makes it more urgent. */
  readonly priority: Priority;
  readonly because: string;
  /** What suggests itself, and why it is not done. */
  readonly refused: Partial<Readonly<Record<OutcomeKind, string>>>;
  /** Lines for a shell; `#` begins what a person has to do. {@link nextOf} fills in what stands in braces. */
  readonly next: readonly string[];
  /** What is seen, what it costs and how to go back. */
  readonly page: string;
}

/** Every decision: whatever the facts, exactly one row holds. */
export const table: readonly Row[] = [...data, ...broken, ...running];

/** The row that holds. */
export const rowOf = (facts: Facts): Row => table.find(({ when }) => holds(when, facts))!;

export const holds = (when: When, facts: Facts): boolean => {
  for (const name in when) if (!admits(when, facts, name as keyof Facts)) return false;
  return true;
};

const admits = (when: When, facts: Facts, name: keyof Facts) => (when[name] as readonly string[]).includes(facts[name]);

/** Names of the facts that a row asks for. */
export const asked = (when: When) => Object.keys(when) as (keyof Facts)[];

import { bandsOf, lasting } from "./bands.ts";
import { type Facts, factsOf, sources } from "./facts.ts";
import { observe } from "./observe.ts";
import type { Thresholds } from "./profiles.ts";
import type { Bands, Severity, Symptoms } from "./symptoms.ts";
import { asked, holds, type OutcomeKind, type Priority, priorities, type Row, rowOf, table } from "./table.ts";

export interface Decision {
  readonly outcome: OutcomeKind;
  /** For `monitor`: for how long, until the decision is asked for again. */
  readonly minutes?: number;
  readonly priority: Priority;
  readonly severity: Severity;
  /** Name of the row of docs/decision.md. */
  readonly row: string;
  readonly reasons: readonly string[];
  readonly refused: readonly { readonly outcome: OutcomeKind; readonly because: string }[];
}

/** What to do about the symptoms. Pure: equal symptoms and thresholds give the same decision. */
export function decide(symptoms: Symptoms, thresholds: Thresholds): Decision {
  const facts = factsOf(bandsOf(symptoms, thresholds));
  const row = rowOf(facts);
  const { outcome, name, because } = row;
  return {
    outcome,
    ...(outcome === "monitor" && { minutes: minutesLeft(symptoms, facts, thresholds) }),
    priority: priorityOf(row, facts),
    severity: facts.severity,
    row: name,
    reasons: [because, ...observe(symptoms, facts, thresholds)],
    refused: Object.entries(row.refused).map(([kind, why]) => ({ outcome: kind as OutcomeKind, because: why })),
  };
}

/** The more urgent of what the row says and what the severity does. */
export function priorityOf({ priority }: Pick<Row, "priority">, { severity }: Pick<Facts, "severity">): Priority {
  const bySeverity = { none: "P4", minor: "P3", serious: "P2", critical: "P1" } as const;
  return priorities.find((one) => one === priority || one === bySeverity[severity])!;
}

/** The row that holds whatever the bands are that nobody has told yet; undefined: they could change it. */
export function settledRow(told: Partial<Bands>, rest: Bands): Row | undefined {
  const facts = factsOf({ ...rest, ...told });
  const known = (name: keyof Facts) => sources[name].every((band) => told[band] !== undefined);
  return table.find(({ when }) => holds(when, facts) && asked(when).every(known));
}

function minutesLeft(symptoms: Symptoms, { severity, due }: Facts, thresholds: Thresholds): number {
  const { patienceMinutes } = thresholds;
  const patience = patienceMinutes[severity === "none" ? "minor" : severity];
  if (due === "yes" || severity === "none") return patience;
  return Math.max(1, Math.ceil(patience - (lasting(symptoms, thresholds) ?? 0)));
}

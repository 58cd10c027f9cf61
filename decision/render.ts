import type { Decision } from "./decide.ts";
import type { Next } from "./next.ts";

/** A decision for a terminal: what, how urgent, why, why not something else, and what to type. */
export function renderDecision({ outcome, minutes, priority, row, reasons, refused }: Decision, next: Next): string {
  const width = Math.max(...refused.map((one) => one.outcome.length));
  return [
    `${outcome}${minutes === undefined ? "" : ` ${minutes} min`}, ${priority} (${row})`,
    ...reasons.map((line) => `  ${line}`),
    "not",
    ...refused.map((one) => `  ${one.outcome.padEnd(width)}  ${one.because}`),
    "next",
    ...next.commands.map((line) => `  ${line}`),
    `see ${next.page}`,
  ].join("\n");
}

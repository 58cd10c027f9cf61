import type { Condition } from "../../stacks/verdict.ts";
import type { Candidate } from "./candidates.ts";
import { age, table, wrap } from "./text.ts";

/** The candidates as a list; numbered where one is to be chosen. */
export function renderCandidates(candidates: readonly Candidate[], now: string, numbered = false): string[] {
  const rows = candidates.map(({ id, at, level, verdict, why, previous, kind }, index) => [
    ...(numbered ? [`${index + 1}`] : []),
    id,
    age(at, now),
    level === null ? "-" : `${level}`,
    verdict,
    `${previous ? "previous; " : ""}${kind === "golden" ? "tagged; " : ""}${why}`,
  ]);
  return table([[...(numbered ? ["#"] : []), "to", "age", "level", "verdict", "why"], ...rows]);
}

/** Conditions, one line each; one that only informs says so where it is not well. */
export const renderChecks = (checks: readonly Condition[]): string[] =>
  table(
    checks.map(({ name, answer, detail, informs }) => [
      `  ${answer === "no" && informs ? "warn" : answer}`,
      name,
      detail,
    ]),
  );

/** Those that stop a rollback. */
export const stopping = (checks: readonly Condition[], accepted: readonly string[]): Condition[] =>
  checks.filter(
    ({ name, answer, informs }) => !informs && (answer === "no" || (answer === "unknown" && !accepted.includes(name))),
  );

export const wrapped = (lines: readonly string[]): string[] => lines.flatMap((line) => wrap(line));

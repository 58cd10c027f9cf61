import { bandsOf } from "./bands.ts";
import { settledRow } from "./decide.ts";
import type { Thresholds } from "./profiles.ts";
import { type Question, questions } from "./questions.ts";
import type { Bands, Symptoms } from "./symptoms.ts";

/**
 * The question whose answer is wanted next; undefined: no further answer changes the decision.
 * @param answered symptoms that were told, measured or answered, with "no" and "nobody knows" too
 */
export function nextQuestion(
  symptoms: Symptoms,
  answered: ReadonlySet<keyof Symptoms>,
  thresholds: Thresholds,
): Question | undefined {
  const bands = bandsOf(symptoms, thresholds);
  const open = questions.filter(({ field }) => !answered.has(field));
  const unknown = new Set(open.flatMap((question) => question.bands));
  const told = Object.entries(bands).filter(([name]) => !unknown.has(name as keyof Bands));
  if (settledRow(Object.fromEntries(told), bands)) return undefined;
  return open.find(({ after }) => after === undefined || Boolean(symptoms[after]));
}

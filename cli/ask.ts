import { createInterface } from "node:readline/promises";
import { nextQuestion } from "../decision/ask-order.ts";
import type { Thresholds } from "../decision/profiles.ts";
import type { Symptoms } from "../decision/symptoms.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks, one question after another, until no further answer changes the decision.
 * @param measured is not asked again
 * @throws when the input ends before that
 */
export async function ask(
  known: Symptoms,
  measured: readonly (keyof Symptoms)[],
  thresholds: Thresholds,
  { input, output }: Terminal,
): Promise<Symptoms> {
  const lines = createInterface({ input, output });
  // Of what is typed ahead of its question nothing is lost.
  const answers = lines[Symbol.asyncIterator]();
  lines.once("SIGINT", () => process.exit(130));
  const done = new Set([...measured, ...(Object.keys(known) as (keyof Symptoms)[])]);
  let symptoms = known;
  output.write("Enter alone means no, or that nobody knows.\n");
  try {
    for (;;) {
      const question = nextQuestion(symptoms, done, thresholds);
      if (!question) return symptoms;
      lines.setPrompt(`${question.question} `);
      lines.prompt();
      const { value, done: ended } = await answers.next();
      if (ended)
        throw new Error("decide: expected an answer, got the end of the input; flags tell the same: docs/decision.md");
      const answer = value.trim();
      try {
        if (answer !== "") symptoms = { ...symptoms, [question.field]: question.read(answer) };
        done.add(question.field);
      } catch (error) {
        output.write(`${(error as Error).message}\n`);
      }
    }
  } finally {
    lines.close();
  }
}

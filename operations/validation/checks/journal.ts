import { readCopies } from "../../journal/mirror.ts";
import { verifyJournal } from "../../journal/verify.ts";
import { type Check, judged } from "../check.ts";
import type { Context } from "../context.ts";

/** Thorough: the journal's lines are what was written, and none is missing at its end. */
export async function checkJournal({ docker, stack, depth }: Context): Promise<Check[]> {
  if (depth === "quick") return [];
  const { records = "", head } = await readCopies(docker, stack);
  const problems = verifyJournal(records, head);
  const [first = "whole", ...more] = problems;
  const value = more.length > 0 ? `${first}, and ${more.length} more` : first;
  const remedy = `\`switchback journal verify --stack ${stack}\` holds it against its copy; keep both as evidence`;
  return [judged(problems.length === 0, "journal", value, "whole, as it was written", remedy)];
}

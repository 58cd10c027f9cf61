import { stepsBetween, unnamedContracts, wantedHead } from "../../stacks/lineage.ts";
import { otherColor } from "../../stacks/schema.ts";
import type { Answer } from "../../stacks/verdict.ts";
import type { RollbackFacts } from "./facts.ts";

/** What it takes to get there, as far as it can be told without a preview. */
export interface Assessed {
  /** null: nobody knows, or there is no way. */
  readonly level: 0 | 1 | 2 | 3 | null;
  readonly verdict: Answer;
  readonly why: string;
}

/** What going back to a release takes. */
export function assessRelease(release: string, facts: RollbackFacts): Assessed {
  const { serving } = facts;
  const fact = facts.releases.get(release);
  if (!serving) return { level: null, verdict: "unknown", why: "the router does not say who serves" };
  if (!fact) return { level: null, verdict: "no", why: `there is no releases/${release}.yaml` };
  if (serving.release === release) return { level: 0, verdict: "yes", why: "it serves" };
  if (fact.problems.length > 0) return { level: null, verdict: "no", why: fact.problems.join("; ") };
  const move = schemaMove(release, facts);
  if (move.verdict === "no" || move.level === 2) return move;
  const other = facts.colors[otherColor(serving.color)];
  if (other.release !== release) return { level: 2, verdict: "yes", why: `made anew in ${otherColor(serving.color)}` };
  if (other.running < other.containers)
    return { level: 2, verdict: "yes", why: `${other.running} of ${other.containers} containers run` };
  return { level: 1, verdict: "yes", why: `warm in ${otherColor(serving.color)}` };
}

/** What the schema has to do for a release; level 1: nothing. */
function schemaMove(release: string, facts: RollbackFacts): Assessed {
  const { lineage, head } = facts;
  const accepts = facts.releases.get(release)!.accepts;
  if (!lineage) return { level: 1, verdict: "yes", why: "there is no database" };
  if (head === undefined) return { level: null, verdict: "unknown", why: "nobody knows the head of the schema" };
  try {
    const wanted = wantedHead(lineage, head, accepts);
    const { direction, migrations } = stepsBetween(lineage, head, wanted);
    if (direction === "none") return { level: 1, verdict: "yes", why: "" };
    const stuck = direction === "down" && migrations.find(({ down }) => down === "irreversible");
    if (stuck) return { level: 3, verdict: "no", why: `${stuck.name} is irreversible: only data of before it` };
    const [unnamed] = unnamedContracts(lineage, head, wanted, undefined);
    if (unnamed) return { level: 2, verdict: "no", why: `schemaVersion has to name the contract ${unnamed.name}` };
    const lost = direction === "down" ? migrations.flatMap(({ loses }) => loses) : [];
    const loss = lost.length > 0 ? `; loses ${lost.join(", ")}` : "";
    return { level: 2, verdict: "yes", why: `schema ${head || "none"} -> ${wanted || "none"}${loss}` };
  } catch (error) {
    return { level: null, verdict: "no", why: (error as Error).message };
  }
}

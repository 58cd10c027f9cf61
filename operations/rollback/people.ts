import { no, unknown, yes } from "../../stacks/condition.ts";
import type { StackConfig } from "../../stacks/schema.ts";
import type { Condition } from "../../stacks/verdict.ts";
import type { Line } from "./history.ts";

/** Who acts, and who stands beside. */
export interface Who {
  readonly actor: string;
  /** undefined: nobody was named. */
  readonly approvedBy: string | undefined;
}

type Approvers = StackConfig["rollback"]["approvers"];

/** Whether a second name is needed, and there. `what`: level1, level2, level3 or clearance. */
export function approval(
  what: Exclude<keyof Approvers, "names">,
  { names, ...needed }: Approvers,
  { actor, approvedBy }: Who,
): Condition {
  const told = what.replace("level", "level ");
  if (approvedBy !== undefined && person(approvedBy) === person(actor))
    return no(
      "approval",
      `expected a second name beside ${actor}, got the same person; another one: --approved-by NAME`,
    );
  if (approvedBy !== undefined && names.length > 0 && !names.includes(approvedBy))
    return no("approval", `expected one of rollback.approvers.names (${names.join(", ")}), got ${approvedBy}`);
  if (approvedBy !== undefined) return yes("approval", `approved by ${approvedBy}`);
  if (needed[what] === 0) return yes("approval", `${told} needs no second name`);
  return no("approval", `${told} needs a second name: --approved-by NAME (rollback.approvers.${what} says so)`);
}

const person = (name: string) => name.split("@")[0]!.trim().toLowerCase();

/**
 * Whether rollbacks follow each other too fast for automation. Somebody at a terminal goes on.
 *
 * @param lines of the journal; undefined: it could not be read
 */
export function breaker(
  lines: readonly Line[] | undefined,
  { rollbacks, hours }: StackConfig["rollback"]["breaker"],
  automatic: boolean,
  now: string,
): Condition {
  if (!lines)
    return { ...unknown("breaker", "the journal does not say how many there were lately"), informs: !automatic };
  const since = Date.parse(now) - hours * 3_600_000;
  const made = lines.filter(({ event, at }) => event === "rollback-begun" && Date.parse(at) >= since).length;
  const told = `${made} rollbacks in the last ${hours} h, ${rollbacks} are expected at most`;
  if (made < rollbacks) return yes("breaker", told);
  if (!automatic) return { ...no("breaker", `${told}; a human decides`), informs: true };
  return no("breaker", `${told}; this asks for a human: run it at a terminal without --yes, or raise rollback.breaker`);
}

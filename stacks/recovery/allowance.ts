import type { Behind } from "../../operations/recovery/behind.ts";
import { no, unknown, yes } from "../condition.ts";
import type { Probed } from "../probe-bounded.ts";
import type { Condition } from "../verdict.ts";

/** Whether as many commits may stay behind in a generation as would. */
export function allowanceCondition(
  generation: string,
  allowed: number | undefined,
  behind: Probed<Behind>,
  growing: boolean,
): Condition {
  const allow = (commits: number | string) => `pulumi config set --path allowDataLoss.${generation} ${commits}`;
  const key = `allowDataLoss.${generation}`;
  if ("unknown" in behind) {
    const why = `what stays behind in ${generation} could not be counted (${behind.unknown})`;
    if (allowed === undefined)
      return no(
        "allowance",
        `expected ${key}, got none, and ${why}; set the most commits that may: ${allow("<commits>")}`,
      );
    return unknown("allowance", `${why}; at most ${allowed} commits may`);
  }
  const { commits, exact } = behind.value;
  const told = `${exact ? "" : "up to "}${commits} commits`;
  if (commits > (allowed ?? 0) || (allowed === undefined && growing)) {
    const more = growing ? "; it grows until the switch, so allow more" : "";
    return no(
      "allowance",
      `expected ${key} to cover the ${told} that would stay behind, got ${allowed ?? "none"}${more}: ${allow(commits)}`,
    );
  }
  return yes("allowance", `${told} would stay behind in ${generation}, of at most ${allowed ?? 0}`);
}

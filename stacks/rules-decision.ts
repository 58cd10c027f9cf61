import { disorder, thresholdsOf } from "../decision/profiles.ts";
import type { Rule } from "./rules.ts";

const thresholdsRise: Rule = ({ decision: { profile, thresholds } }, errors) => {
  for (const problem of disorder(thresholdsOf(profile, thresholds)))
    errors.push(`decision.thresholds.${problem}; the profile ${profile} has the others`);
};

export const decisionRules: readonly Rule[] = [thresholdsRise];

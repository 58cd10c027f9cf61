import type { CheckResult, Props } from "../../provider.ts";
import { checkFields } from "../check.ts";
import { commandFields } from "./fields.ts";

/** The inputs as given: the real command provider fills in no defaults and writes no `__defaults`. Triggers may hold anything. */
export function checkCommand(given: Props): CheckResult {
  const { triggers, ...rest } = given;
  const { inputs, failures } = checkFields("command:local:Command", commandFields, rest);
  const { __defaults, ...checked } = inputs;
  if (triggers === undefined || triggers === null) return { inputs: checked, failures };
  if (Array.isArray(triggers) || typeof triggers === "symbol") return { inputs: { ...checked, triggers }, failures };
  const wrong = { property: "triggers", reason: `expected a list, got ${JSON.stringify(triggers)}` };
  return { inputs: { ...checked, triggers }, failures: [...failures, wrong] };
}

import { flag, text } from "./flags.ts";
import { given, runOnStack, type Verb } from "./verb.ts";

export const recoverRows: Verb = {
  summary:
    "--from GENERATION TABLE...: copy rows of a kept generation into the one that serves; count them without --yes",
  flags: { from: text(), changed: flag(), "no-triggers": flag(), "skip-conflicts": flag(), yes: flag("y") },
  run(call) {
    const from = typeof call.flags.from === "string" ? [`--from=${call.flags.from}`] : [];
    const flags = given(call, "changed", "no-triggers", "skip-conflicts", "yes");
    return runOnStack(call, "recover-rows", ...from, ...flags, "--", ...call.words);
  },
};

import { flag } from "./flags.ts";
import { given, runOnStack, type Verb } from "./verb.ts";

export const gc: Verb = {
  summary: "name what no rollback can need, and remove it with --yes",
  flags: { yes: flag("y") },
  run: (call) => runOnStack(call, "gc", ...given(call, "yes")),
};

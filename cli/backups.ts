import { flag } from "./flags.ts";
import { given, runOnStack, type Verb } from "./verb.ts";

export const backups: Verb = {
  summary: "bases, backup points and dumps, and the times that level 3 can go back to",
  flags: { json: flag("j") },
  run: (call) => runOnStack(call, "backups", ...given(call, "json")),
};

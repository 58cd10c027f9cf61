import { flag } from "./flags.ts";
import { given, runOnStack, type Verb } from "./verb.ts";

export const status: Verb = {
  summary: "what the live system is: traffic, colors, schema, backups",
  flags: { json: flag("j") },
  run: (call) => runOnStack(call, "status", ...given(call, "json")),
};

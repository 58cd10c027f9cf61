import { runOnStack, type Verb } from "./verb.ts";

export const audit: Verb = {
  summary: "[GENERATION]: read everything that a generation has; without a name, the one that serves",
  flags: {},
  run: (call) => runOnStack(call, "audit", ...call.words.slice(0, 1)),
};

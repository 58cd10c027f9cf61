import { resolve } from "node:path";
import { flag, text } from "./flags.ts";
import { given, runOnStack, type Verb } from "./verb.ts";

export const validate: Verb = {
  summary: "[--quick | --thorough] [--watch 15m] [--report FILE]: hold the live system against what it is to be",
  flags: { quick: flag(), thorough: flag(), watch: text(), report: text(), json: flag("j") },
  run: (call) =>
    runOnStack(
      call,
      "validate",
      ...given(call, "quick", "thorough", "json"),
      ...(typeof call.flags.watch === "string" ? ["--watch", call.flags.watch] : []),
      // The operation runs in the project's folder.
      ...(typeof call.flags.report === "string" ? ["--report", resolve(call.flags.report)] : []),
    ),
};

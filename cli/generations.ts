import { resolve } from "node:path";
import { flag, text } from "./flags.ts";
import { given, runOnStack, type Verb, type VerbCall } from "./verb.ts";

function run(call: VerbCall, verb: string): boolean {
  if (verb !== "list" && call.words.length === 0) throw new Error(`${call.command}: expected the name of a generation`);
  return runOnStack(
    call,
    "generations",
    ...[verb, ...call.words, ...given(call, "json", "yes")],
    // The operation runs in the project's folder.
    ...(typeof call.flags.to === "string" ? ["--to", resolve(call.flags.to)] : []),
    ...(typeof call.flags.message === "string" ? ["--because", call.flags.message] : []),
  );
}

export const generationsList: Verb = {
  summary: "the generations of the database",
  flags: { json: flag("j") },
  run: (call) => run(call, "list"),
};

export const generationsExport: Verb = {
  summary: "GENERATION --to FOLDER: copy one out, with its checksums",
  flags: { to: text() },
  run(call) {
    if (typeof call.flags.to !== "string") throw new Error(`${call.command}: expected --to FOLDER`);
    return run(call, "export");
  },
};

export const generationsRemove: Verb = {
  summary: "GENERATION: name what a generation past its date would free, and remove it with --yes",
  flags: { yes: flag("y"), message: text("m") },
  run: (call) => run(call, "remove"),
};

export const generationsRebuild: Verb = {
  summary: "tell anew what generations there are, where their catalogue is lost",
  flags: { yes: flag("y") },
  run: (call) => runOnStack(call, "rebuild-catalogue", ...given(call, "yes")),
};

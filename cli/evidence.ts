import { resolve } from "node:path";
import { flag, text } from "./flags.ts";
import { given, runOnStack, type Verb, type VerbCall } from "./verb.ts";

const run = (call: VerbCall, verb: string) =>
  runOnStack(
    call,
    "isolation-evidence",
    ...[verb, ...call.words, ...given(call, "json")],
    // The operation runs in the project's folder.
    ...(typeof call.flags.to === "string" ? ["--to", resolve(call.flags.to)] : []),
    ...(typeof call.flags.message === "string" ? ["--because", call.flags.message] : []),
  );

export const evidenceList: Verb = {
  summary: "what isolations kept, and copies of volumes",
  flags: { json: flag("j") },
  run: (call) => run(call, "list"),
};

export const evidenceTake: Verb = {
  summary: "VOLUME: keep a copy of a volume as evidence",
  flags: { message: text("m") },
  run(call) {
    if (call.words.length !== 1) throw new Error(`${call.command}: expected the name of a volume`);
    return run(call, "take");
  },
};

export const evidenceExport: Verb = {
  summary: "NAME --to FOLDER: copy a piece of evidence out, with its checksums",
  flags: { to: text() },
  run(call) {
    if (call.words.length !== 1 || typeof call.flags.to !== "string")
      throw new Error(`${call.command}: expected the name of a piece of evidence, and --to FOLDER`);
    return run(call, "export");
  },
};

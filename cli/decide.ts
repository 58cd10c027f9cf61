import type { Thresholds } from "../decision/profiles.ts";
import { questions, symptomsOf } from "../decision/questions.ts";
import type { Symptoms } from "../decision/symptoms.ts";
import { type Flags, flag, text } from "./flags.ts";
import type { Verb, VerbCall } from "./verb.ts";

const symptomFlags: Flags = Object.fromEntries(
  questions.map((question) => [question.flag, question.example === undefined ? flag() : text()]),
);

export const decide: Verb = {
  summary: "what to do about errors, latency, crashes, wrong data, and why: asks, takes flags, or measures with --live",
  flags: { ...symptomFlags, profile: text(), live: flag(), json: flag("j") },
  async run(call) {
    if (call.words.length > 0)
      throw new Error(`decide: expected flags alone, got ${call.words[0]}; docs/decision.md has them`);
    const told = symptomsOf(call.flags);
    const stack = stackName(call);
    const [{ readThresholds }, { decide: judge }, { nextOf }, { renderDecision }] = await Promise.all([
      import("./thresholds.ts"),
      import("../decision/decide.ts"),
      import("../decision/next.ts"),
      import("../decision/render.ts"),
    ]);
    const profile = typeof call.flags.profile === "string" ? call.flags.profile : undefined;
    const thresholds = await readThresholds(call.cwd, stack, profile);
    const live = call.flags.live === true ? await measure(call.stack(), thresholds) : undefined;
    for (const note of live?.notes ?? []) console.error(note);
    const known: Symptoms = { ...live?.symptoms, ...told };
    const symptoms = asks(call, told) ? await answers(known, live?.measured ?? [], thresholds) : known;
    const decision = judge(symptoms, thresholds);
    const next = nextOf(decision, { stack, ...live?.names });
    if (call.flags.json === true)
      console.log(JSON.stringify({ ...decision, next, symptoms, notes: live?.notes ?? [] }, null, 2));
    else console.log(renderDecision(decision, next));
    return true;
  },
};

/** Unset: none is named or selected, and a decision on flags alone needs none. */
function stackName(call: VerbCall): string | undefined {
  if (call.flags.stack !== undefined || call.flags.live === true) return call.stack();
  try {
    return call.stack();
  } catch {
    return undefined;
  }
}

// Who tells symptoms by flags has told what there is.
const asks = ({ flags }: VerbCall, told: Symptoms) =>
  Object.keys(told).length === 0 &&
  flags.json !== true &&
  flags["non-interactive"] !== true &&
  process.stdin.isTTY === true &&
  process.stdout.isTTY === true;

async function answers(known: Symptoms, measured: readonly (keyof Symptoms)[], thresholds: Thresholds) {
  const { ask } = await import("./ask.ts");
  return ask(known, measured, thresholds, { input: process.stdin, output: process.stdout });
}

async function measure(stack: string, thresholds: Thresholds) {
  const [{ readLive }, { connect }] = await Promise.all([
    import("../operations/decision/read-live.ts"),
    import("../operations/live/docker.ts"),
  ]);
  return readLive(connect(), stack, thresholds);
}

import { flag, text } from "./flags.ts";
import { runOnStack, type Verb, type VerbCall } from "./verb.ts";

const filters = {
  since: text(),
  until: text(),
  level: text(),
  status: text(),
  kind: text(),
  reason: text(),
  actor: text(),
  limit: text(),
};

export const history: Verb = {
  summary:
    "changes with who, why, how long and what failed, and what they come to; --json; --since 7d, --level, --status, …",
  flags: { json: flag("j"), ...filters },
  run: (call) => view(call, "history"),
};

export const journalVerify: Verb = {
  summary: "whether both copies of the journal are whole, and the engine's own history agrees",
  flags: {},
  run: (call) => view(call, "verify"),
};

export const journalExport: Verb = {
  summary: "the changes as text, one line each; --format cloudevents: every line as it is",
  flags: { format: text(), ...filters },
  run: (call) => view(call, "export"),
};

export const incident: Verb = {
  summary: "[CHANGE]: report and post-mortem in Markdown; without a name, of the last incident",
  flags: {},
  run: (call) => view(call, "incident"),
};

function view(call: VerbCall, name: string): boolean {
  const flags = Object.entries(call.flags).flatMap(([flagName, value]) => passed(flagName, value));
  return runOnStack(call, "journal", name, ...call.words.slice(0, 1), ...flags);
}

const passed = (name: string, value: string | boolean | undefined): string[] => {
  if (!(name in filters) && !["json", "format"].includes(name)) return [];
  return value === true ? [`--${name}`] : value === undefined || value === false ? [] : [`--${name}=${value}`];
};

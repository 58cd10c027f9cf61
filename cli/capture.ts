import { resolve } from "node:path";
import { flag, text } from "./flags.ts";
import { runAsking, type Verb } from "./verb.ts";

export const capture: Verb = {
  summary: "write inspect, logs, stats, markers, config and versions of now into a folder; --to FOLDER",
  flags: { to: text(), reason: text(), json: flag("j") },
  run(call) {
    // The operation runs in the project's folder.
    const { to } = call.flags;
    const flags = typeof to === "string" ? { ...call.flags, to: resolve(to) } : call.flags;
    return runAsking({ ...call, flags }, "capture", ["to", "reason", "json"]);
  },
};

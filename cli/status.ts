import { flag } from "./flags.ts";
import { runAsking, type Verb } from "./verb.ts";

export const status: Verb = {
  summary: "what the live system is: traffic, colors, schema, backups, which level is possible; --watch",
  flags: { json: flag("j"), watch: flag() },
  run: (call) => runAsking(call, "status", ["json", "watch"]),
};

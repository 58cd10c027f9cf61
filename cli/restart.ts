import { flag, text } from "./flags.ts";
import { runAsking, type Verb } from "./verb.ts";

export const restart: Verb = {
  summary: "SERVICE: restart its containers one after the other, each until it is ready; --reason WHY",
  flags: { reason: text(), side: text(), json: flag("j") },
  run(call) {
    const [service] = call.words;
    if (!service || call.words.length > 1) throw new Error("restart: expected the name of one service");
    return runAsking(call, "restart", ["reason", "side", "json"], service);
  },
};

import { parseArgs } from "node:util";
import { connect } from "./live/docker.ts";
import { runProgram } from "./live/program.ts";
import { type Answer, compose, diff, list, type ReleasesCall, record, tag } from "./releases/verbs.ts";

const verbs: Readonly<Record<string, (call: ReleasesCall) => Answer | Promise<Answer>>> = {
  list,
  record,
  compose,
  tag,
  diff,
};

/** `node operations/releases.ts <stack> list|record|compose|tag|diff …`, in the project's folder. */
runProgram(async () => {
  const options = {
    set: { type: "string" },
    name: { type: "string" },
    point: { type: "string" },
    reason: { type: "string" },
    json: { type: "boolean" },
  } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack, verb = "", ...words] = positionals;
  const run = verbs[verb];
  if (!stack || !run) throw new Error(`expected a stack and one of ${Object.keys(verbs).join(", ")}, got ${verb}`);
  const { set, point, name = "golden", reason = process.env.SWITCHBACK_REASON ?? "" } = values;
  const { lines, json } = await run({ docker: connect(), stack, words, set, point, name, reason });
  console.log(values.json ? JSON.stringify(json, null, 2) : lines.join("\n"));
});

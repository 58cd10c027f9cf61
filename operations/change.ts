import { parseArgs } from "node:util";
import type { Wish } from "./change/kinds.ts";
import { change } from "./change/run.ts";
import { connect } from "./live/docker.ts";
import { runProgram } from "./live/program.ts";
import { exitCodes } from "./rollback/exit-codes.ts";
import { wrapped } from "./rollback/render.ts";

const kinds: readonly Wish["kind"][] = ["maintenance on", "maintenance off", "isolate", "clear", "restore-drill"];

/** `node operations/change.ts <stack> <kind> [--reason WHY] [--yes] …`, in the project's folder. */
async function main(): Promise<void> {
  const options = {
    reason: { type: "string" },
    "approved-by": { type: "string" },
    to: { type: "string" },
    "false-alarm": { type: "boolean" },
    "dry-run": { type: "boolean" },
    yes: { type: "boolean" },
    json: { type: "boolean" },
  } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack, kind] = positionals;
  const found = kinds.find((one) => one === kind);
  if (!stack || !found)
    throw new Error(`expected a stack and one of ${kinds.join(", ")}, got ${positionals.join(" ")}`);
  const reason = (values.reason ?? process.env.SWITCHBACK_REASON ?? "").trim();
  if (reason === "" && !values["dry-run"]) throw new Error('expected --reason "why", got none: it goes to the journal');
  const tell = values.json ? process.stderr : process.stdout;
  const report = await change(
    connect(),
    {
      ...{ stack, reason, kind: found, target: values.to, approvedBy: values["approved-by"] },
      ...{ falseAlarm: values["false-alarm"] === true, yes: values.yes === true, dryRun: values["dry-run"] === true },
    },
    { log: (line) => tell.write(`${line}\n`), show: (text) => tell.write(text) },
  );
  for (const line of wrapped(report.message)) tell.write(`${line}\n`);
  if (values.json) console.log(JSON.stringify(report, null, 2));
  process.exitCode =
    report.status === "previewed" || report.status === "nothing" ? exitCodes.done : exitCodes[report.status];
}

runProgram(main);

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { connect } from "./live/docker.ts";
import { runProgram } from "./live/program.ts";
import type { Depth } from "./validation/context.ts";
import { renderValidation } from "./validation/render.ts";
import { writeReport } from "./validation/report.ts";
import { validate } from "./validation/run.ts";
import { parseDuration, watch } from "./validation/watch.ts";

const pauseSeconds = 10;
const usage = "node operations/validate.ts <stack> [--quick | --thorough] [--watch 15m] [--report FILE] [--json]";

/** Holds a stack against what its last `up` was to reach. Exit code 0: every check is ok; 1: one is not. */
runProgram(async () => {
  const { stack, depth, watched, report: file, json } = readArguments();
  const docker = connect();
  const once = () => validate(docker, stack, { depth });
  const log = (line: string) => console.error(line);
  const report =
    watched === undefined
      ? await once()
      : await watch({ seconds: watched, pauseSeconds, validate: once, log, now: () => performance.now(), sleep });
  const text = json ? JSON.stringify(report, null, 2) : renderValidation(report);
  const files = file === undefined ? [] : writeReport(file, report);
  process.exitCode = report.verdict === "ok" ? 0 : 1;
  for (const name of files) log(`report: ${name}`);
  // A part that did not answer in time may hold a connection open.
  process.stdout.write(`${text}\n`, () => process.exit());
});

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      thorough: { type: "boolean", default: false },
      watch: { type: "string" },
      report: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [stack] = positionals;
  if (stack === undefined || positionals.length > 1) throw new Error(`expected \`${usage}\``);
  if (values.quick && values.thorough) throw new Error("expected one of --quick and --thorough, got both");
  const depth: Depth = values.thorough ? "thorough" : "quick";
  const watched = values.watch === undefined ? undefined : parseDuration(values.watch);
  return { stack, depth, watched, report: values.report, json: values.json };
}

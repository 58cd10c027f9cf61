import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { connect } from "./live/docker.ts";
import { runProgram } from "./live/program.ts";
import { readStatus } from "./status/read.ts";
import { renderStatus } from "./status/render.ts";
import { readStanding } from "./status/standing.ts";

const watchMilliseconds = 2000;
const clearScreen = "\x1b[H\x1b[2J";

/**
 * `node operations/status.ts <stack> [--json] [--watch]`, in the project's folder: what the live system is, without a lock
 * and without a change. With `--watch` again and again until Ctrl-C; as JSON, one line each time.
 */
runProgram(async () => {
  const options = { json: { type: "boolean" }, watch: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack] = positionals;
  if (!stack) throw new Error("expected `node operations/status.ts <stack> [--json] [--watch]`");
  const docker = connect();
  const read = () => Promise.all([readStatus(docker, stack), readStanding(docker, stack)]);
  if (!values.watch) {
    const [status, standing] = await read();
    console.log(values.json ? JSON.stringify({ ...status, ...standing }, null, 2) : renderStatus(status, standing));
    return;
  }
  process.on("SIGINT", () => process.exit(0));
  for (;;) {
    const [status, standing] = await read();
    if (values.json) console.log(JSON.stringify({ ...status, ...standing }));
    else console.log(`${process.stdout.isTTY ? clearScreen : ""}${renderStatus(status, standing)}\n`);
    await sleep(watchMilliseconds);
  }
});

import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";

import { percentile } from "../load/result.ts";
import type { Project } from "../project.ts";
import { inSeconds, renderTable, rounded } from "../table.ts";
import { ownStack } from "./stack.ts";

const upArgs = ["--yes", "--skip-preview"];

/** Seconds of `up`s that switch, in pairs: nobody to tell, and a sink that takes every connection and never answers. */
export interface NotificationSamples {
  readonly silent: readonly number[];
  readonly dead: readonly number[];
}

/** What `--json` writes under `notifications`. The delay is the median of the differences of the pairs. */
export function notificationsJson({ silent, dead }: NotificationSamples) {
  const differences = dead.map((seconds, n) => seconds - silent[n]!);
  return {
    pairs: dead.length,
    silentSeconds: rounded(percentile(silent, 50)),
    deadSeconds: rounded(percentile(dead, 50)),
    delaySeconds: rounded(percentile(differences, 50)),
  };
}

/** Measures what a dead sink costs a change: `up`s that switch, with and without it in turns. */
export async function benchNotifications(args: string[]): Promise<number> {
  const options = { json: { type: "string" }, pairs: { type: "string", default: "20" } } as const;
  const { values } = parseArgs({ args, options });
  const pairs = Number(values.pairs);
  if (!(Number.isInteger(pairs) && pairs >= 1 && pairs <= 200))
    throw new Error(`expected --pairs from 1 to 200, got ${values.pairs}`);
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { project, url, init } = await ownStack("bench");
  try {
    console.log(`bringing up the stack ${project.stack} at ${url}`);
    await init();
    await project.ok("up", ...upArgs);
    await project.setSecret("deskKey", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const samples = await measure(project, pairs, (server.address() as AddressInfo).port);
    const result = notificationsJson(samples);
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ notifications: result }, null, 2)}\n`);
    return report(result);
  } finally {
    await project.cleanup();
    server.close();
  }
}

async function measure(project: Project, pairs: number, port: number): Promise<NotificationSamples> {
  const silent: number[] = [];
  const dead: number[] = [];
  const sink = { type: "webhook", url: `http://127.0.0.1:${port}/`, signingSecret: "deskKey" };
  for (let n = 0; n < pairs; n++) {
    // Whatever the machine does meanwhile meets both: the first of a pair is now the one, now the other.
    for (const told of n % 2 === 0 ? [false, true] : [true, false]) {
      configure(project, told ? { sinks: { desk: sink } } : { sinks: {} });
      (told ? dead : silent).push((await project.ok("up", ...upArgs)).seconds);
    }
    console.log(`nobody to tell ${inSeconds(silent.at(-1)!)} s, a dead sink ${inSeconds(dead.at(-1)!)} s`);
  }
  return { silent, dead };
}

/** Changes the sinks, and the color, so that there is something to tell. */
function configure(project: Project, notifications: object): void {
  const file = parse(readFileSync(project.configFile, "utf8"));
  const { config } = file;
  config["switchback:activeColor"] = config["switchback:activeColor"] === "blue" ? "green" : "blue";
  config["switchback:notifications"] = notifications;
  project.configure(stringify(file));
}

function report(result: ReturnType<typeof notificationsJson>): number {
  const { pairs, silentSeconds, deadSeconds, delaySeconds } = result;
  const rows = [
    ["`up` with nobody to tell", inSeconds(silentSeconds)],
    ["`up` with a sink that never answers", inSeconds(deadSeconds)],
    ["delay, median of the pairs", inSeconds(delaySeconds)],
  ];
  const met = delaySeconds <= 0.1;
  console.log(
    `\n${renderTable(["seconds", "p50"], rows)}\n\n${met ? "✓" : "✗"} a dead sink delays a change by <= 0.1 s, in ${pairs} pairs: ${delaySeconds} s`,
  );
  return met ? 0 : 1;
}

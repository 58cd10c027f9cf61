import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";

import { percentile } from "../load/result.ts";
import type { Project } from "../project.ts";
import { inSeconds, renderTable, rounded } from "../table.ts";
import { ownStack } from "./stack.ts";

const upArgs = ["--yes", "--skip-preview"];

/** Who is told: nobody, a sink that answers at once, one that takes every connection and never answers. */
const arms = ["nobody", "answering", "dead"] as const;
type Arm = (typeof arms)[number];

/** Seconds of `up`s that switch, one of each arm in each round. */
export type NotificationSamples = Readonly<Record<Arm, readonly number[]>>;

/** What `--json` writes under `notifications`. A delay is the difference of two medians. */
export function notificationsJson({ nobody, answering, dead }: NotificationSamples) {
  const [silent, answered, unanswered] = [nobody, answering, dead].map((seconds) => percentile(seconds, 50)) as [
    number,
    number,
    number,
  ];
  return {
    rounds: dead.length,
    nobodySeconds: rounded(silent),
    answeringSeconds: rounded(answered),
    deadSeconds: rounded(unanswered),
    delaySeconds: rounded(unanswered - answered),
    delayToNobodySeconds: rounded(unanswered - silent),
  };
}

/** Measures what a dead sink costs a change: `up`s that switch, with it and without it in turns. */
export async function benchNotifications(args: string[]): Promise<number> {
  const options = { json: { type: "string" }, rounds: { type: "string", default: "20" } } as const;
  const { values } = parseArgs({ args, options });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 200))
    throw new Error(`expected --rounds from 1 to 200, got ${values.rounds}`);
  const hole = createServer(() => {});
  const desk = createHttpServer((_, response) => response.end());
  const ports = { nobody: undefined, answering: await listen(desk), dead: await listen(hole) };
  const { project, url, init } = await ownStack("bench");
  try {
    console.log(`bringing up the stack ${project.stack} at ${url}`);
    await init();
    await project.ok("up", ...upArgs);
    await project.setSecret("deskKey", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const samples = await measure(project, rounds, ports);
    const result = notificationsJson(samples);
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ notifications: result }, null, 2)}\n`);
    return report(result);
  } finally {
    await project.cleanup();
    hole.close();
    desk.close();
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function measure(
  project: Project,
  rounds: number,
  ports: Readonly<Record<Arm, number | undefined>>,
): Promise<NotificationSamples> {
  const samples: Record<Arm, number[]> = { nobody: [], answering: [], dead: [] };
  for (let n = 0; n < rounds; n++) {
    // Whatever the machine does meanwhile, and what the one before left behind, meets each of them.
    for (const arm of arms.map((_, place) => arms[(place * (n % 2 === 0 ? 1 : 2) + n) % arms.length]!)) {
      const url = `http://127.0.0.1:${ports[arm]}/`;
      const sink = { type: "webhook", url, signingSecret: "deskKey" };
      configure(project, { sinks: arm === "nobody" ? {} : { desk: sink } });
      samples[arm].push((await project.ok("up", ...upArgs)).seconds);
    }
    console.log(arms.map((arm) => `${arm} ${inSeconds(samples[arm].at(-1)!)} s`).join(", "));
  }
  return samples;
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
  const { rounds, nobodySeconds, answeringSeconds, deadSeconds, delaySeconds, delayToNobodySeconds } = result;
  const rows = [
    ["`up` with nobody to tell", inSeconds(nobodySeconds)],
    ["`up` with a sink that answers", inSeconds(answeringSeconds)],
    ["`up` with a sink that never answers", inSeconds(deadSeconds)],
    ["its delay against one that answers", inSeconds(delaySeconds)],
    ["its delay against nobody to tell", inSeconds(delayToNobodySeconds)],
  ];
  const met = Math.max(delaySeconds, delayToNobodySeconds) <= 0.1;
  console.log(
    `\n${renderTable(["seconds", "p50"], rows)}\n\n${met ? "✓" : "✗"} a dead sink delays a change by <= 0.1 s, in ${rounds} rounds`,
  );
  return met ? 0 : 1;
}

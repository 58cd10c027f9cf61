import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Change } from "../journal/changes.ts";
import { initiated, type Told } from "./announce.ts";
import { enqueue, outboxOf } from "./outbox.ts";

/** What the process that delivers is told on its stdin, so that no secret is in its arguments or environment. */
export interface Watch extends Told {
  readonly secrets: Readonly<Record<string, string>>;
  /** The run whose end it waits for, the change that it makes, and the process that makes it. */
  readonly run: string;
  readonly change: Change;
  readonly pid: number;
}

const program = fileURLToPath(new URL("../notify-change.ts", import.meta.url));

/**
 * Tells that a change begins: into the outbox, and a process of its own delivers, waits for the end and tells that too.
 * It outlives this one and what kills it. No sink is asked for anything here, so none can make the change wait.
 */
export async function tellBegin(watch: Watch, cwd = process.cwd()): Promise<void> {
  await enqueue(join(cwd, outboxOf(watch.stack)), initiated(watch.change, watch));
  const child = spawn(process.execPath, [program], {
    cwd,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: withoutPulumi(process.env),
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(watch));
  child.unref();
}

/** The program's environment has the stack's config in clear. */
const withoutPulumi = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_")));

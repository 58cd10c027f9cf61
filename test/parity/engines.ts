import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { chooseEngine } from "../../cli/engines.ts";

export type EngineName = "embedded" | "pulumi";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const root = join(import.meta.dirname, "../..");
const cli = join(root, "cli", "switchback.mjs");

/** Starts `switchback --engine <engine> <args>` as the leader of a process group of its own. */
export function startEngine(engine: EngineName, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [cli, "--engine", engine, ...args], {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The processes that one has started, directly or not. */
export function descendants(pid: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child!, ...below(child!)]);
  return below(pid);
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Collects what a started engine prints, until it ends. */
export async function finished(child: ChildProcess): Promise<Ran> {
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name]?.on("data", (data) => (text[name] += data));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...text };
}

/** Whether there is a real pulumi CLI to compare with. */
export const hasPulumi = (): boolean => chooseEngine(undefined, process.env).engine === "pulumi";

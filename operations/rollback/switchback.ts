import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A command of the same engine that has ended. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/**
 * Runs `switchback <args>` on the engine that this process runs for, in this folder.
 * @param show gets what it prints, as it comes
 */
export function runSwitchback(
  stack: string,
  args: readonly string[],
  reason: string,
  show: (text: string) => void,
): Promise<Ran> {
  const engine = process.env.SWITCHBACK_ENGINE === "embedded" ? "embedded" : "pulumi";
  const cli = fileURLToPath(new URL("../../cli/switchback.mjs", import.meta.url));
  const all = [cli, ...args, "--stack", stack, "--engine", engine, "--color", "never", "--non-interactive"];
  const { SWITCHBACK_ENGINE: _, ...env } = process.env;
  const child = spawn(process.execPath, all, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, SWITCHBACK_REASON: reason },
  });
  let output = "";
  const take = (text: string) => {
    output += text;
    show(text);
  };
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  const stop = () => child.kill("SIGTERM");
  process.on("SIGTERM", stop);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGTERM", stop);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** What a preview or an update decided, out of what it printed. */
export interface PrintedVerdict {
  /** undefined: it did not come so far. */
  readonly allowed: boolean | undefined;
  readonly lines: readonly string[];
}

/** Finds the verdict in what an engine printed: its first line, and those below it that stand further right. */
export function verdictIn(output: string): PrintedVerdict {
  const lines = output.split("\n").map((line) => line.trimEnd());
  const refused = lines.findLastIndex((line) => line.includes("refused, nothing was changed"));
  const at = refused >= 0 ? refused : lines.findLastIndex((line) => /verdict: (allowed|refused):/.test(line));
  if (at < 0) return { allowed: undefined, lines: [] };
  const head = lines[at]!;
  const margin = indent(head);
  const length = lines.slice(at + 1).findIndex((line) => line.trim() === "" || indent(line) <= margin);
  const below = lines.slice(at + 1, length < 0 ? undefined : at + 1 + length);
  const least = Math.min(...below.map(indent));
  const first = head.replace(/^.*?(?=verdict: |refused, nothing)/, "");
  return { allowed: refused < 0, lines: [first, ...below.map((line) => `  ${line.slice(least)}`)] };
}

const indent = (line: string) => line.length - line.trimStart().length;

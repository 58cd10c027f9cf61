import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Update } from "./agree.ts";

const cli = fileURLToPath(new URL("../../cli/switchback.mjs", import.meta.url));

/** The engine's own history of a stack, newest first. @returns why it cannot be read, where it cannot */
export function readStackHistory(stack: string): { updates: readonly Update[] } | { unknown: string } {
  const engine = process.env.SWITCHBACK_ENGINE === "embedded" ? "embedded" : "pulumi";
  const args = [cli, "stack", "history", "--json", "--stack", stack, "--engine", engine];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) return { unknown: stderr.trim().split("\n").at(-1) ?? "" };
  return { updates: JSON.parse(stdout) as Update[] };
}

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadProject } from "../engine/project.ts";

export interface OperationCall {
  /** File in operations/, without its extension. */
  readonly operation: string;
  readonly cwd: string;
  readonly engine: "embedded" | "pulumi";
  readonly args: (project: string) => readonly string[];
}

/** Runs an operation of its own in the project's folder; its lines go to the terminal. Returns whether it succeeded. */
export function runOperation({ operation, cwd, engine, args }: OperationCall): boolean {
  const project = loadProject(cwd);
  const file = fileURLToPath(new URL(`../operations/${operation}.ts`, import.meta.url));
  const { SWITCHBACK_ENGINE: _, ...env } = process.env;
  const { status } = spawnSync(process.execPath, [file, ...args(project.name)], {
    cwd: project.root,
    stdio: "inherit",
    env: engine === "embedded" ? { ...env, SWITCHBACK_ENGINE: engine } : env,
  });
  return status === 0;
}

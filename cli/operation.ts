import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadProject, type Project } from "../engine/project.ts";
import { cliEnvironment } from "./pulumi.ts";

export interface OperationCall {
  /** File in operations/, without its extension. */
  readonly operation: string;
  readonly cwd: string;
  readonly engine: "embedded" | "pulumi";
  readonly args: (project: string) => readonly string[];
}

/** Runs an operation of its own in the project's folder; its lines go to the terminal. Returns whether it succeeded. */
export function runOperation(call: OperationCall): boolean {
  const { argv, options } = commandOf(call);
  return spawnSync(process.execPath, argv, options).status === 0;
}

/** The same for one that asks, or that ends by itself after Ctrl-C: this process waits for it. Resolves to its exit code. */
export async function followOperation(call: OperationCall): Promise<number> {
  const { argv, options } = commandOf(call);
  const child = spawn(process.execPath, argv, options);
  // Ctrl-C reaches the child by itself, which decides what it means.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function commandOf({ operation, cwd, engine, args }: OperationCall) {
  const project = loadProject(cwd);
  const file = fileURLToPath(new URL(`../operations/${operation}.ts`, import.meta.url));
  return {
    argv: [file, ...args(project.name)],
    options: {
      cwd: project.root,
      stdio: "inherit" as const,
      env: environmentOf(project, engine, process.env),
    },
  };
}

/** What an operation is given, so that it acts for the owner that an `up` of this engine acts for. */
export function environmentOf(project: Project, engine: OperationCall["engine"], all: NodeJS.ProcessEnv) {
  const { SWITCHBACK_ENGINE: _, ...env } = all;
  return engine === "embedded" ? { ...env, SWITCHBACK_ENGINE: engine } : cliEnvironment(project, env).env;
}

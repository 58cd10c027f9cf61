import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Project } from "../engine/project.ts";

export interface FirstUp {
  readonly binary: string;
  readonly project: Project;
  /** Value of --stack; undefined: the selected one, which exists. */
  readonly stack: string | undefined;
  readonly backend: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Makes a stack that has a `Pulumi.<stack>.yaml` but no state in the CLI's backend yet, and says so. */
export function createWhenMissing({ binary, project, stack, backend, env }: FirstUp): void {
  const name = stack?.split("/").at(-1);
  if (stack === undefined || name === undefined || !existsSync(join(project.root, `Pulumi.${name}.yaml`))) return;
  const pulumi = (stdio: "ignore" | "inherit", ...args: string[]) =>
    spawnSync(binary, [...args, "--cwd", project.root], { env, stdio }).status;
  const exists = backend.startsWith("file://")
    ? stateFiles(backend, project.name, name).some(existsSync)
    : pulumi("ignore", "stack", "--show-name", "--stack", stack, "--non-interactive") === 0;
  if (exists) return;
  console.error(`switchback: stack ${name} has a Pulumi.${name}.yaml but no state in ${backend} yet: making it`);
  pulumi("inherit", "stack", "init", stack, "--no-select");
}

function stateFiles(backend: string, project: string, stack: string): string[] {
  const folder = join(backend.slice("file://".length).replace(/^~/, homedir()), ".pulumi", "stacks", project);
  return [".json", ".json.gz"].map((end) => join(folder, `${stack}${end}`));
}

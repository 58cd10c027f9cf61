import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadProject } from "../engine/project.ts";

/** Makes the engine and its state the owner of the live stack. Returns whether it succeeded; its lines go to the terminal. */
export function adoptStack(
  ref: { readonly cwd: string; readonly stack?: string },
  engine: "embedded" | "pulumi",
): boolean {
  if (ref.stack === undefined) throw new Error("stack adopt: pass --stack NAME");
  const project = loadProject(ref.cwd);
  const operation = fileURLToPath(new URL("../operations/adopt.ts", import.meta.url));
  const { SWITCHBACK_ENGINE: _, ...env } = process.env;
  const { status } = spawnSync(process.execPath, [operation, project.name, ref.stack], {
    cwd: project.root,
    stdio: "inherit",
    env: engine === "embedded" ? { ...env, SWITCHBACK_ENGINE: engine } : env,
  });
  return status === 0;
}

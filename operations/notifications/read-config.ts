import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadProject } from "../../engine/project.ts";
import { loadStack } from "../../stacks/load.ts";
import type { Sinks } from "./deliver.ts";

const cli = fileURLToPath(new URL("../../cli/switchback.mjs", import.meta.url));

/** Where a stack's notifications go, read by its engine, which alone can decrypt. @throws when it cannot, or says nothing of it */
export function readSinks(stack: string): Sinks {
  const engine = process.env.SWITCHBACK_ENGINE === "embedded" ? "embedded" : "pulumi";
  const args = [cli, "config", "--json", "--show-secrets", "--stack", stack, "--engine", engine];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0)
    throw new Error(`expected to read the config of ${stack}, got: ${stderr.trim().split("\n").at(-1)}`);
  const values = JSON.parse(stdout) as Record<string, { readonly value?: string }>;
  const namespace = `${loadProject(process.cwd()).name}:`;
  const raw = Object.entries(values).flatMap(([key, { value }]) =>
    key.startsWith(namespace) && value !== undefined ? [[key.slice(namespace.length), value]] : [],
  );
  const { config, errors } = loadStack(Object.fromEntries(raw));
  if (!config) throw new Error(`the config of ${stack} cannot be used:\n${errors.join("\n")}`);
  if (config.notifications) return { config: config.notifications, secrets: config.secrets };
  throw new Error(`expected notifications in the config of ${stack}, got none; see docs/notifications.md`);
}

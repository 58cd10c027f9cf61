import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";

/** A project as its Pulumi.yaml says it. */
export interface Project {
  readonly root: string;
  readonly name: string;
  /** Declared config by full key: what a stack that does not set it gets. */
  readonly declared: ReadonlyMap<string, Declared>;
}

export interface Declared {
  readonly value: unknown;
  /** Declared with a type and no value: a stack has to set it. */
  readonly required: boolean;
  readonly secret: boolean;
}

/** Reads the Pulumi.yaml of the folder or of the nearest one above it. */
export function loadProject(folder: string): Project {
  const file = findUp(resolve(folder));
  if (file === undefined)
    throw new Error(`no Pulumi.yaml in ${resolve(folder)} or above: run in a project folder or pass --cwd`);
  const content = parse(readFileSync(file, "utf8")) as { name?: unknown; config?: Record<string, unknown> } | null;
  if (typeof content?.name !== "string")
    throw new Error(`${file}: expected a \`name\`, got ${JSON.stringify(content?.name)}`);
  const name = content.name;
  const declared = Object.entries(content.config ?? {}).map(
    ([key, value]) => [fullKey(key, name), readDeclared(value)] as const,
  );
  return { root: dirname(file), name, declared: new Map(declared) };
}

/** `key` in the project's own namespace unless it names one; the old form `ns:config:key` counts as `ns:key`. */
export function fullKey(key: string, project: string): string {
  const parts = key.split(":");
  if (parts.length === 1) return `${project}:${key}`;
  if (parts.length === 3 && parts[1] === "config") return `${parts[0]}:${parts[2]}`;
  if (parts.length === 2) return key;
  throw new Error(`config key ${JSON.stringify(key)}: expected key or namespace:key`);
}

/** The key as it is shown: short in the project's own namespace. */
export function shownKey(key: string, project: string): string {
  return key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
}

function findUp(folder: string): string | undefined {
  const file = join(folder, "Pulumi.yaml");
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? undefined : findUp(dirname(folder));
}

function readDeclared(value: unknown): Declared {
  const fields = ["type", "default", "value", "secret", "description", "items"];
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { value, required: false, secret: false };
  const map = value as Record<string, unknown>;
  if (!Object.keys(map).every((key) => fields.includes(key))) return { value, required: false, secret: false };
  const preset = map.value ?? map.default;
  return { value: preset, required: preset === undefined, secret: map.secret === true };
}

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { describeIssues } from "./issues.ts";

const env = z.record(z.string(), z.string({ error: "expected a string; quote the value in YAML" })).default({});
const setService = z.strictObject({
  env: env.describe("Environment of this service."),
  files: z
    .record(z.string().startsWith("/"), z.string())
    .default({})
    .describe("Path in the container to file in the set's folder."),
});
/** What `sets/<name>/set.yaml` of a release set says. */
export const releaseSetSchema = z.strictObject({
  env: env.describe("Environment of every service of the color."),
  services: z.record(z.string(), setService).default({}).describe("What single services get."),
});

/** Files and values that follow a release. */
export interface ReleaseSet {
  /** `<set>-<first 8 hex of the hash of its content>`. */
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
  readonly services: Readonly<
    Record<string, { readonly env: Readonly<Record<string, string>>; readonly files: Readonly<Record<string, string>> }>
  >;
  /** The color's own nginx directives, valid in a location. */
  readonly nginx: string;
}

/** Files that exist once per stack and follow no release. */
export interface PlatformSet {
  readonly id: string;
  /** nginx directives, valid in `http`. */
  readonly nginx: string;
  readonly maintenancePage: string;
}

/** Reads `sets/<name>` as a release set, or pushes to `errors` and returns undefined. */
export function readReleaseSet(name: string, errors: string[]): ReleaseSet | undefined {
  const folder = join("sets", name);
  const raw = readSetYaml(folder, errors);
  if (raw === undefined) return undefined;
  const result = releaseSetSchema.safeParse(raw);
  if (!result.success) {
    errors.push(...describeIssues(result.error.issues, raw, `${folder}/set.yaml: `));
    return undefined;
  }
  const services = Object.entries(result.data.services).map(([service, { env, files }]) => {
    const contents = Object.entries(files).map(([path, source]) => [
      path,
      readText(join(folder, source), errors) ?? "",
    ]);
    return [service, { env, files: Object.fromEntries(contents) }];
  });
  return {
    id: setId(name, folder),
    env: result.data.env,
    services: Object.fromEntries(services),
    nginx: readOptional(join(folder, "nginx.conf")),
  };
}

/** Reads `sets/<name>` as the platform set, or pushes to `errors` and returns undefined. */
export function readPlatformSet(name: string, errors: string[]): PlatformSet | undefined {
  const folder = join("sets", name);
  const maintenancePage = readText(join(folder, "maintenance.html"), errors);
  if (maintenancePage === undefined) return undefined;
  return { id: setId(name, folder), nginx: readOptional(join(folder, "nginx.conf")), maintenancePage };
}

function readSetYaml(folder: string, errors: string[]): unknown {
  const text = readText(join(folder, "set.yaml"), errors);
  if (text === undefined) return undefined;
  try {
    return parse(text) ?? {};
  } catch (error) {
    errors.push(`${folder}/set.yaml: expected YAML, got: ${(error as Error).message}`);
    return undefined;
  }
}

function readText(file: string, errors: string[]): string | undefined {
  if (existsSync(file)) return readFileSync(file, "utf8");
  errors.push(`${file}: expected this file, got none; add it, or name another set`);
  return undefined;
}

const readOptional = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");

function setId(name: string, folder: string): string {
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort(byPath)) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    hash.update(`${file.slice(folder.length)}\0${content.length}\0`).update(content);
  }
  return `${name}-${hash.digest("hex").slice(0, 8)}`;
}

const byPath = (a: { parentPath: string; name: string }, b: { parentPath: string; name: string }) =>
  join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { describeIssues } from "./issues.ts";
import { checkSetFile } from "./set-files.ts";

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

/** What `sets/<name>/set.yaml` of the platform set says. The file may be left out. */
export const platformSetSchema = z.strictObject({
  tls: z
    .strictObject({
      certificate: z.string().describe("File of the set: the chain as PEM, the server's own certificate first."),
      key: z.string().describe("Key in the stack's `secrets` with the private key as PEM, such as `tls-2026`."),
    })
    .optional()
    .describe("What the router's HTTPS listeners use."),
  services: z.record(z.string(), setService).default({}).describe("What the services of `platform.services` get."),
});

/** Environment and files (path in the container to content) that a set gives to one service. */
export interface SetService {
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Files and values that follow a release. */
export interface ReleaseSet {
  /** `<set>-<first 8 hex of the hash of its content>`. */
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, SetService>>;
  /** The color's own nginx directives, valid in a location. */
  readonly nginx: string;
}

/** Files that exist once per stack and follow no release. */
export interface PlatformSet {
  readonly id: string;
  /** nginx directives, valid in `http`. */
  readonly nginx: string;
  readonly maintenancePage: string;
  /** `key`: its name in the stack's secrets. */
  readonly tls: { readonly file: string; readonly chain: string; readonly key: string } | undefined;
  readonly services: Readonly<Record<string, SetService>>;
}

/** Reads `sets/<name>` as a release set, or pushes to `errors` and returns undefined. */
export function readReleaseSet(name: string, errors: string[]): ReleaseSet | undefined {
  const folder = join("sets", name);
  const said = readSetYaml(folder, releaseSetSchema, errors);
  if (!said) return undefined;
  return {
    id: setId(name, folder),
    env: said.env,
    services: readServices(folder, said.services, errors),
    nginx: readOptional(join(folder, "nginx.conf")),
  };
}

/** Reads `sets/<name>` as the platform set, or pushes to `errors` and returns undefined. */
export function readPlatformSet(name: string, errors: string[]): PlatformSet | undefined {
  const folder = join("sets", name);
  const maintenancePage = readText(join(folder, "maintenance.html"), errors);
  if (maintenancePage === undefined) return undefined;
  const empty = { tls: undefined, services: {} };
  const said = existsSync(join(folder, "set.yaml")) ? readSetYaml(folder, platformSetSchema, errors) : empty;
  if (!said) return undefined;
  const { tls } = said;
  const file = join(folder, tls?.certificate ?? "");
  return {
    id: setId(name, folder),
    nginx: readOptional(join(folder, "nginx.conf")),
    maintenancePage,
    tls: tls && { file, chain: readText(file, errors) ?? "", key: tls.key },
    services: readServices(folder, said.services, errors),
  };
}

type Said = Readonly<Record<string, z.output<typeof setService>>>;

/** The services of a set with the contents of their files, each checked by its name. */
function readServices(folder: string, services: Said, errors: string[]): Record<string, SetService> {
  const entries = Object.entries(services).map(([service, { env, files }]) => {
    const contents = Object.entries(files).map(([path, source]) => {
      const file = join(folder, source);
      const content = readText(file, errors) ?? "";
      checkSetFile(file, content, errors);
      return [path, content];
    });
    return [service, { env, files: Object.fromEntries(contents) }];
  });
  return Object.fromEntries(entries);
}

function readSetYaml<T extends z.ZodType>(folder: string, schema: T, errors: string[]): z.output<T> | undefined {
  const text = readText(join(folder, "set.yaml"), errors);
  if (text === undefined) return undefined;
  const raw = parsed(`${folder}/set.yaml`, text, errors);
  if (raw === undefined) return undefined;
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  errors.push(...describeIssues(result.error.issues, raw, `${folder}/set.yaml: `));
  return undefined;
}

function parsed(file: string, text: string, errors: string[]): unknown {
  try {
    return parse(text) ?? {};
  } catch (error) {
    errors.push(`${file}: expected YAML, got: ${(error as Error).message}`);
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

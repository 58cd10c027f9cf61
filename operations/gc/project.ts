import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { recordedImages } from "../../stacks/image-record.ts";
import { readRelease, resolveImage } from "../../stacks/release.ts";

/** What a project's files say about what can be reached. Read from its folder. */
export interface ProjectFacts {
  readonly stacks: readonly string[];
  readonly repositories: readonly string[];
  readonly releases: readonly string[];
  readonly releaseImages: readonly string[];
  readonly sets: readonly { readonly name: string; readonly platform: boolean }[];
  readonly namedSets: readonly string[];
}

interface StackFile {
  readonly services?: Readonly<Record<string, { readonly image?: string }>>;
  readonly colors?: Readonly<Record<string, { readonly imageTag?: string; readonly releaseSet?: string } | null>>;
  readonly platform?: { readonly set?: string };
  readonly database?: { readonly backup?: { readonly retentionDays?: number } };
}

/** Reads the files of the project in the working folder. Broken releases and stacks are pushed to `errors`. */
export function readProject(errors: string[]): ProjectFacts {
  const stacks = names(".", /^Pulumi\.(.+)\.yaml$/);
  const files = stacks.map((stack) => readStackFile(stack, errors));
  const services = files.flatMap((file) => Object.entries(file.services ?? {}));
  const releases = names("releases", /^(.+)\.yaml$/);
  const read = releases.map((tag) => readRelease(tag, errors));
  const colors = files.flatMap((file) => Object.values(file.colors ?? {}));
  const images = services.flatMap(([service, { image }]) =>
    image === undefined ? [] : releases.flatMap((tag) => imageOf(image, service, tag)),
  );
  return {
    stacks,
    repositories: [...new Set(services.flatMap(([, { image }]) => image ?? []))],
    releases: [...releases, ...colors.flatMap((color) => color?.imageTag ?? [])],
    releaseImages: [
      ...images,
      ...Object.entries(recordedImages()).flatMap(([name, id]) => (images.includes(name) ? [id] : [])),
    ],
    sets: names("sets", /^(.+)$/).map((name) => ({
      name,
      platform: existsSync(join("sets", name, "maintenance.html")),
    })),
    namedSets: [
      ...read.flatMap((release) => release?.releaseSet ?? []),
      ...colors.flatMap((color) => color?.releaseSet ?? []),
      ...files.flatMap((file) => file.platform?.set ?? []),
    ],
  };
}

/** How long a stack's backups can be gone back to, as its config says; else the schema's own 90 days. */
export const readRetention = (stack: string): number => readStackFile(stack, []).database?.backup?.retentionDays ?? 90;

function imageOf(repository: string, service: string, tag: string): string[] {
  const image = resolveImage(repository, service, tag, []);
  return image ? [image.label, image.reference] : [];
}

function readStackFile(stack: string, errors: string[]): StackFile {
  const file = `Pulumi.${stack}.yaml`;
  try {
    const { config = {} } = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^[^:]*:/, ""), value]));
  } catch (error) {
    errors.push(`${file}: expected YAML, got: ${(error as Error).message}`);
    return {};
  }
}

const names = (folder: string, pattern: RegExp): string[] =>
  existsSync(folder) ? readdirSync(folder).flatMap((entry) => pattern.exec(entry)?.[1] ?? []) : [];

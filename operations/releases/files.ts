import { existsSync, readdirSync, writeFileSync } from "node:fs";
import type Docker from "dockerode";
import { stringify } from "yaml";
import { recordedImages } from "../../stacks/image-record.ts";
import { type Release, readRelease, releaseSchema } from "../../stacks/release.ts";
import type { StackConfig } from "../../stacks/schema.ts";

/** Where a release's file is. */
export const fileOf = (tag: string): string => `releases/${tag}.yaml`;

/** Tags of every release that the project has a file of. */
export const releaseTags = (): string[] =>
  (existsSync("releases") ? readdirSync("releases") : [])
    .flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();

/** A release's file. @throws every problem at once */
export function mustRead(tag: string): Release {
  const errors: string[] = [];
  const release = readRelease(tag, errors);
  if (release && errors.length === 0) return release;
  throw new Error(errors.join("\n"));
}

/** Writes a new release. @throws when it is there already: a release never changes */
export function writeNew(tag: string, release: Omit<Release, "smoke">, about: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag))
    throw new Error(`expected an image tag such as 1.4.0, got ${tag}`);
  if (existsSync(fileOf(tag)))
    throw new Error(`expected a new tag, got ${tag}, which ${fileOf(tag)} describes already`);
  const checked = releaseSchema.parse(release);
  const { smoke, ...rest } = checked;
  const text = stringify({ ...rest, ...(smoke.length > 0 && { smoke }) });
  writeFileSync(fileOf(tag), `# ${about} A release never changes once it has been deployed.\n${text}`, { flag: "wx" });
}

/** What a tag's images say about its release. */
export interface Images {
  readonly services: Release["services"];
  /** Ids of those that were built here, by name and tag. */
  readonly built: Readonly<Record<string, string>>;
}

/**
 * The images of a tag, as the engine has them: a digest where a registry gave one, else built here.
 * @throws when there is none of a service, or another one than was recorded under the same name
 */
export async function imagesOf(docker: Docker, config: StackConfig, tag: string): Promise<Images> {
  const problems: string[] = [];
  const built: Record<string, string> = {};
  const found = Object.entries(config.services).map(async ([name, { image }]) => {
    const label = `${image}:${tag}`;
    const inspected = await docker
      .getImage(label)
      .inspect()
      .catch(() => undefined);
    if (!inspected) return void problems.push(`${name}: expected the image ${label}, got none; pull or build it`);
    const digest = (inspected.RepoDigests ?? []).find((one) => one.startsWith(`${image}@`))?.split("@")[1];
    if (digest) return [name, { digest }] as const;
    const { [label]: recorded = inspected.Id } = recordedImages();
    if (recorded !== inspected.Id)
      return void problems.push(
        `${name}: expected ${label} as recorded, ${recorded}, got ${inspected.Id}; give what was built anew another tag`,
      );
    built[label] = inspected.Id;
    return [name, { local: true as const }] as const;
  });
  const services = (await Promise.all(found)).flatMap((one) => (one ? [one] : []));
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return { services: Object.fromEntries(services), built };
}

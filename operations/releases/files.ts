import { existsSync, readdirSync, writeFileSync } from "node:fs";
import type Docker from "dockerode";
import { stringify } from "yaml";
import { type Release, readRelease, recordedImages, releaseSchema } from "../../stacks/release.ts";
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

/**
 * The images of a tag, as the engine has them: a digest where a registry gave one, else built here.
 * @throws when there is none of a service, or one built here that is not recorded
 */
export async function imagesOf(docker: Docker, config: StackConfig, tag: string): Promise<Release["services"]> {
  const problems: string[] = [];
  const found = Object.entries(config.services).map(async ([name, { image }]) => {
    const label = `${image}:${tag}`;
    const inspected = await docker
      .getImage(label)
      .inspect()
      .catch(() => undefined);
    if (!inspected) return void problems.push(`${name}: expected the image ${label}, got none; pull or build it`);
    const digest = (inspected.RepoDigests ?? []).find((one) => one.startsWith(`${image}@`))?.split("@")[1];
    if (digest) return [name, { digest }] as const;
    if (recordedImages()[label] === inspected.Id) return [name, { local: true as const }] as const;
    return void problems.push(
      `${name}: expected ${label} with a digest of its registry, or recorded by setup, got neither`,
    );
  });
  const services = (await Promise.all(found)).flatMap((one) => (one ? [one] : []));
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return Object.fromEntries(services);
}

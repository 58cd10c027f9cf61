import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { recordedImages } from "./image-record.ts";
import { describeIssues } from "./issues.ts";
import { head } from "./schema-database.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "expected a digest, sha256: and 64 hex digits");

const releaseService = z.union(
  [
    z.strictObject({ digest: digest.describe("Digest of the image in its registry.") }),
    z.strictObject({ local: z.literal(true).describe("Built on this machine: its id is recorded when it is built.") }),
    z.strictObject({ release: z.string().describe("The same service of another release.") }),
  ],
  { error: "expected one of {digest: sha256:…}, {local: true}, {release: <imageTag>}" },
);

/** What `releases/<imageTag>.yaml` says. A release never changes once it has been deployed. */
export const releaseSchema = z.strictObject({
  services: z.record(z.string(), releaseService).describe("Image of each service that this release has."),
  releaseSet: z.string().describe("Release set (`sets/<name>`) that goes with it."),
  schema: z
    .strictObject({
      target: head.describe("Migration the release was written for."),
      min: head.describe("Oldest migration it accepts; not after target in the order of the migrations."),
    })
    .optional()
    .describe("Database schema of the release; unset: it has none."),
  smoke: z
    .array(z.string())
    .default([])
    .describe("Queries that must each return one row whose first column is true, before restored data may serve."),
});

export type Release = z.output<typeof releaseSchema>;

/** An image as it must run: what to create it from, and what a running container's image must match. */
export interface ImageRef {
  /** `repository:tag`, for people. */
  readonly label: string;
  /** `sha256:…` (id of an image built here) or `repository@sha256:…`. */
  readonly reference: string;
}

/** Reads `releases/<tag>.yaml` below the project folder, or pushes to `errors` and returns undefined. */
export function readRelease(tag: string, errors: string[]): Release | undefined {
  const file = `releases/${tag}.yaml`;
  if (!existsSync(file)) {
    errors.push(
      `${file}: expected this file to describe the release ${tag}, got none; add it, or choose another imageTag`,
    );
    return undefined;
  }
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, "utf8"));
  } catch (error) {
    errors.push(`${file}: expected YAML, got: ${(error as Error).message}`);
    return undefined;
  }
  const result = releaseSchema.safeParse(raw);
  if (result.success) return result.data;
  errors.push(...describeIssues(result.error.issues, raw, `${file}: `));
  return undefined;
}

/** The image of a service in a release, following `release:` references, or pushes to `errors` and returns undefined. */
export function resolveImage(
  repository: string,
  service: string,
  tag: string,
  errors: string[],
  seen: readonly string[] = [],
): ImageRef | undefined {
  if (seen.includes(tag)) {
    errors.push(
      `releases/${tag}.yaml: services.${service}: expected an image, got a circle of releases: ${[...seen, tag].join(" -> ")}`,
    );
    return undefined;
  }
  const release = readRelease(tag, errors);
  const entry = release?.services[service];
  if (!entry) {
    if (release && seen.length > 0)
      errors.push(`releases/${tag}.yaml: services: expected ${service}, which release ${seen.at(-1)} takes from here`);
    return undefined;
  }
  if ("release" in entry) return resolveImage(repository, service, entry.release, errors, [...seen, tag]);
  const label = `${repository}:${tag}`;
  if ("digest" in entry) return { label, reference: `${repository}@${entry.digest}` };
  const id = recordedImages()[label];
  if (id) return { label, reference: id };
  errors.push(
    `releases/${tag}.yaml: services.${service}: expected a recorded image id for ${label}, got none; build it (\`npm run setup\` does it for what is in images/), then: switchback releases record ${tag}`,
  );
  return undefined;
}

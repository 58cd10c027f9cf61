import { isDeepStrictEqual } from "node:util";
import type Docker from "dockerode";
import { imageRecord, recordImage } from "../../stacks/image-record.ts";
import type { Release } from "../../stacks/release.ts";
import type { StackConfig } from "../../stacks/schema.ts";
import { actor } from "../live/actor.ts";
import { appendJournal } from "../live/journal.ts";
import { ensureRecords } from "../live/records.ts";
import { type Golden, readGolden, writeGolden } from "../rollback/golden.ts";
import { readRollbackFacts } from "../rollback/read.ts";
import { readStackConfig } from "../rollback/stack-file.ts";
import { table } from "../rollback/text.ts";
import { diffReleases, renderDifferences } from "./diff.ts";
import { fileOf, imagesOf, mustRead, releaseTags, writeNew } from "./files.ts";

export interface ReleasesCall {
  readonly docker: Docker;
  readonly stack: string;
  readonly words: readonly string[];
  readonly set: string | undefined;
  readonly name: string;
  readonly point: string | undefined;
  readonly reason: string;
}

/** What a verb found or did, for people and for `--json`. */
export interface Answer {
  readonly lines: readonly string[];
  readonly json: unknown;
}

/** Every release with where it is, what it accepts and how it is tagged. */
export async function list({ docker, stack }: ReleasesCall): Promise<Answer> {
  const facts = await readRollbackFacts(docker, stack);
  const releases = releaseTags().map((tag) => {
    const fact = facts.releases.get(tag);
    const places = (["blue", "green"] as const).filter((color) => facts.colors[color].release === tag);
    const { min = "", max = "" } = fact?.accepts ?? {};
    return {
      tag,
      places: places.map((color) => (color === facts.serving?.color ? `${color}, serves` : color)),
      schema: facts.lineage ? { min, max } : null,
      tags: facts.golden.filter(({ release }) => release === tag).map(({ name }) => name),
      problems: fact?.problems ?? [],
    };
  });
  const rows = releases.map(({ tag, places, schema, tags, problems }) => [
    tag,
    places.join("; ") || "-",
    schema ? `${schema.min || "0"} to ${schema.max || "0"}` : "-",
    tags.join(", ") || "-",
    problems.join("; ") || "whole",
  ]);
  return { lines: table([["release", "runs in", "schema", "tags", "state"], ...rows]), json: releases };
}

/** Writes the file of a release from the images of its tag, and records those that were built here. Set and schema are those of the release that serves. */
export async function record(call: ReleasesCall): Promise<Answer> {
  const [tag] = call.words;
  if (!tag) throw new Error("expected the tag of the images, such as `switchback releases record 1.4.0`");
  const config = readStackConfig(call.stack);
  const { services, built } = await imagesOf(call.docker, config, tag);
  const told = describe(tag, services, call.set, config);
  for (const [label, id] of Object.entries(built)) recordImage(imageRecord, label, id);
  return { lines: told, json: { file: fileOf(tag), services, built } };
}

/** The file may have come from where the images were built before. */
function describe(
  tag: string,
  services: Release["services"],
  set: string | undefined,
  config: StackConfig,
): readonly string[] {
  if (releaseTags().includes(tag) && set === undefined && isDeepStrictEqual(mustRead(tag).services, services))
    return [`recorded the images of ${fileOf(tag)}, which is as it was`];
  const { releaseSet, schema } = mustRead(config.colors[config.activeColor]!.imageTag);
  writeNew(tag, { services, releaseSet: set ?? releaseSet, schema }, `Release ${tag}.`);
  return [
    `wrote ${fileOf(tag)}`,
    "set and schema are those of what serves: change them before the first deployment, not after",
  ];
}

/** Writes the file of a release that takes each service from another one: `orders=1.1.0 web=1.0.0`. */
export function compose(call: ReleasesCall): Answer {
  const [tag, ...parts] = call.words;
  if (!tag || parts.length === 0) throw new Error("expected a new tag, then SERVICE=RELEASE for each service");
  const pairs = parts.map((part) => part.split("=") as [string, string | undefined]);
  const services = Object.fromEntries(
    pairs.map(([name, release]) => {
      if (!release || !mustRead(release).services[name])
        throw new Error(`expected SERVICE=RELEASE with a release that has the service, got ${name}=${release ?? ""}`);
      return [name, { release }];
    }),
  );
  // The schema of the first one: all have to accept the same head, and `up` says when it does not fit.
  const { releaseSet, schema } = mustRead(pairs[0]![1]!);
  writeNew(tag, { services, releaseSet: call.set ?? releaseSet, schema }, `Release ${tag}, composed of others.`);
  return { lines: [`wrote ${fileOf(tag)}`], json: { file: fileOf(tag), services } };
}

/** Tags a release, with the data of now or of a backup point, as one to go back to. */
export async function tag(call: ReleasesCall): Promise<Answer> {
  const { docker, stack, name, point, reason } = call;
  const facts = await readRollbackFacts(docker, stack);
  const release = call.words[0] ?? facts.serving?.release;
  if (!release) throw new Error("expected the name of a release, as the router does not say which one serves");
  const problems = facts.releases.get(release)?.problems ?? [`there is no ${fileOf(release)}`];
  if (problems.length > 0) throw new Error(`expected a release that can be gone back to, got ${problems.join("; ")}`);
  if (facts.releases.has(name) || name === "previous")
    throw new Error(`expected a word that means nothing else, got ${name}`);
  const found = facts.points.find((one) => one.name === point);
  if (point !== undefined && !found) throw new Error(`expected a backup point (switchback backups), got ${point}`);
  const at = found?.at ?? facts.now;
  const head = found?.head ?? facts.head ?? null;
  const golden: Golden = { name, release, at, point: point ?? null, head, actor: actor(), reason };
  await ensureRecords(docker, stack);
  await writeGolden(docker, stack, golden);
  await appendJournal(docker, stack, { event: "tagged", operation: "releases", ...golden });
  return { lines: [`${name} is ${release}, with the data of ${point ?? at}`], json: golden };
}

/** What differs between two releases; a tag stands for its release. */
export async function diff({ docker, stack, words }: ReleasesCall): Promise<Answer> {
  const [first, second] = words;
  if (!first || !second) throw new Error("expected two releases, such as `switchback releases diff 1.0.0 1.1.0`");
  const tags = await readGolden(docker, stack);
  const named = (name: string) => tags.find((one) => one.name === name)?.release ?? name;
  const rows = diffReleases(mustRead(named(first)), mustRead(named(second)));
  return { lines: rows.length > 0 ? renderDifferences(rows) : ["no difference"], json: rows };
}

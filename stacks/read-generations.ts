import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";
import { type Catalogue, firstCatalogue, initialGeneration } from "../operations/generations/format.ts";
import { connect } from "../operations/live/docker.ts";
import { ensureRecords, recordsName } from "../operations/live/records.ts";
import { readSettled } from "../operations/promotion/settle.ts";
import { hasCatalogue } from "./lock.ts";
import { bounded } from "./probe-bounded.ts";

/**
 * What a stack knows of the generations of its database.
 * @throws pulumi.RunError when it cannot be read: which generation serves is never guessed
 */
export async function readGenerations(stack: string): Promise<Catalogue> {
  const docker = connect();
  // A keeper that somebody stopped is no lost catalogue.
  if (!pulumi.runtime.isDryRun() && (await hasCatalogue(docker, stack))) await ensureRecords(docker, stack);
  const read = await bounded(() => findCatalogue(docker, stack));
  if ("value" in read) return read.value;
  // An engine that does not answer is a condition of its own, with its own words.
  if ("unknown" in (await bounded(() => docker.ping()))) return firstCatalogue(new Date().toISOString());
  throw new pulumi.RunError(`refused, nothing was changed: ${read.unknown}`);
}

async function findCatalogue(docker: Docker, stack: string): Promise<Catalogue> {
  const catalogue = await readSettled(docker, stack);
  if (catalogue) return catalogue;
  const label = [`switchback.stack=${stack}`];
  const { Volumes } = await docker.listVolumes({ filters: { label } });
  const prefix = `${stack}-database-`;
  const others = (Volumes ?? []).filter(({ Name }) => Name.startsWith(prefix) && Name !== prefix + initialGeneration);
  if (others.length === 0) return firstCatalogue(new Date().toISOString());
  throw new Error(
    `expected generations.json in ${recordsName(stack)}, got none, but the volumes ${others.map(({ Name }) => Name).join(", ")}; see docs/runbooks/catalogue.md`,
  );
}

import type Docker from "dockerode";
import { updateCatalogue } from "../generations/catalogue.ts";
import { type Catalogue, servingGeneration } from "../generations/format.ts";
import type { JournalEntry } from "../live/journal.ts";
import { readPooler } from "../pooler/state.ts";
import { readSettled } from "../promotion/settle.ts";
import { forgetFilled } from "../recovery/bring-files.ts";
import { containerOf, ownFiles } from "./list.ts";

export interface RemovalRun {
  readonly docker: Docker;
  readonly stack: string;
  readonly name: string;
  readonly actor: string;
  readonly reason: string;
  readonly journal: (entry: JournalEntry) => Promise<unknown>;
  readonly log: (line: string) => void;
}

/**
 * Why a generation may not be removed; undefined: it may.
 * @param pointed generation to which the pooler's entries point; undefined: nobody knows
 */
export function refusal(
  catalogue: Catalogue,
  name: string,
  pointed: string | undefined,
  now: Date,
): string | undefined {
  const generation = catalogue.generations.find((one) => one.name === name);
  if (!generation) return `expected a generation of the catalogue, got ${name}; see \`switchback generations list\``;
  if (servingGeneration(catalogue) === name || pointed === name)
    return `expected a generation that stands still, got ${name}, which serves; another one has to serve first: pulumi config set generation <name>`;
  const pending = catalogue.requests.find(({ state }) => state === "pending");
  if (pending)
    return `expected no recovery under way, got the one that makes ${pending.generation}; finish it with \`up\`, or give it up by removing its target from the config`;
  if (catalogue.marker.pending)
    return `expected no switch under way, got one since ${catalogue.marker.pending.since}; run \`up\``;
  const { keepUntil } = generation;
  if (keepUntil === null) return `expected a date until which ${name} is kept, got none; run \`up\`, which sets it`;
  if (Date.parse(keepUntil) > now.getTime())
    return `expected ${name} to be out of date, got evidence that is kept until ${keepUntil}; remove it after that`;
  return undefined;
}

/**
 * Removes what there is of a generation, and its place in the catalogue last, so that it can be run again. Its backups stay
 * in the repository. The caller holds the live lock.
 * @throws when it may not be removed, with why
 */
export async function removeGeneration(run: RemovalRun): Promise<void> {
  const { docker, stack, name, actor, reason, log } = run;
  const [catalogue, pooler] = await Promise.all([readSettled(docker, stack), readPooler(docker, stack)]);
  if (!catalogue) throw new Error(`expected generations of ${stack}, got none`);
  const pointed = pooler.kind === "read" ? pooler.file?.generation : undefined;
  const why = refusal(catalogue, name, pointed, new Date());
  if (why) throw new Error(why);
  const container = containerOf(stack, name);
  const found = await docker.getContainer(container).inspect().catch(ignoreMissing);
  if (found?.State.Running)
    throw new Error(`expected ${container} to stand still, got one that runs; run \`up\`, which stops it`);
  const volumes = [container, ...ownFiles(catalogue, name).map((one) => one.name)];
  for (const one of [container, ...volumes.map((volume) => `${volume}-keeper`)])
    await removeContainer(docker, stack, one);
  for (const volume of volumes) await removeVolume(docker, stack, volume);
  await forgetFilled(docker, stack, name);
  await updateCatalogue(docker, stack, (current) => ({
    ...current,
    generations: current.generations.filter((one) => one.name !== name),
  }));
  await run.journal({ event: "generation-removed", operation: "generations", generation: name, actor, reason });
  const what = volumes.length === 1 ? "its keeper and its volume" : `the keepers and volumes ${volumes.join(", ")}`;
  log(`removed generation ${name}: its container, ${what}; its backups stay in the repository`);
}

async function removeContainer(docker: Docker, stack: string, name: string): Promise<void> {
  const container = docker.getContainer(name);
  const found = await container.inspect().catch(ignoreMissing);
  if (!found) return;
  expectOwn(name, stack, found.Config.Labels);
  await container.remove({ force: true }).catch(ignoreMissing);
}

async function removeVolume(docker: Docker, stack: string, name: string): Promise<void> {
  const volume = docker.getVolume(name);
  const found = await volume.inspect().catch(ignoreMissing);
  if (!found) return;
  expectOwn(name, stack, found.Labels ?? {});
  await volume.remove().catch(ignoreMissing);
}

function expectOwn(name: string, stack: string, labels: Readonly<Record<string, string>>): void {
  const owner = labels["switchback.stack"];
  if (owner === stack) return;
  throw new Error(`expected ${name} to be of stack ${stack}, got one of ${owner ?? "nobody"}; rename or remove it`);
}

function ignoreMissing(error: { statusCode?: number }): undefined {
  if (error.statusCode !== 404) throw error;
}

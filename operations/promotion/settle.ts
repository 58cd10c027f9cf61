import type Docker from "dockerode";
import { readCatalogue, writeCatalogue } from "../generations/catalogue.ts";
import { type Catalogue, initialGeneration, servingGeneration } from "../generations/format.ts";
import { readPooler } from "../pooler/state.ts";
import { asSwitched, readIntent } from "./intent.ts";

/**
 * Reads the catalogue as it counts, see {@link asSwitched}; undefined: there is none. It changes nothing. Everybody who
 * decides by the catalogue reads it so: an update with the old config would otherwise give up a request that is done.
 */
export async function readSettled(docker: Docker, stack: string): Promise<Catalogue | undefined> {
  const [catalogue, intent] = await Promise.all([readCatalogue(docker, stack), readIntent(docker, stack)]);
  if (!catalogue || !intent) return catalogue;
  // Without a promotion under way nothing can be missing, and the pooler is not asked.
  if (catalogue.marker.pending === null) return catalogue;
  const pooler = await readPooler(docker, stack);
  return asSwitched(catalogue, intent, pooler.kind === "read" ? pooler.file?.generation : undefined);
}

/** Like {@link readSettled}, and writes it down. The caller holds the live lock. @throws when there is no catalogue */
export async function settle(docker: Docker, stack: string): Promise<Catalogue> {
  const settled = await readSettled(docker, stack);
  if (!settled) throw new Error(`expected generations.json in ${stack}-records, got none; run \`up\`, which makes it`);
  await writeCatalogue(docker, stack, settled);
  return settled;
}

/** The generation that serves and its container; of a stack without a catalogue, the one that it begins with. */
export async function servingOf(docker: Docker, stack: string): Promise<{ generation: string; container: string }> {
  const catalogue = await readSettled(docker, stack);
  const generation = catalogue ? servingGeneration(catalogue) : initialGeneration;
  return { generation, container: `${stack}-database-${generation}` };
}

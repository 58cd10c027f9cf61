import type Docker from "dockerode";
import { readRecord, writeRecord } from "../live/records.ts";
import { type Catalogue, catalogueSchema } from "./format.ts";

const file = "generations.json";

/**
 * What the stack knows of its generations; undefined: it has none yet.
 * @throws when it is there and cannot be understood: which generation serves is never guessed
 */
export async function readCatalogue(docker: Docker, stack: string): Promise<Catalogue | undefined> {
  const text = await readRecord(docker, stack, file);
  if (text === undefined) return undefined;
  const result = catalogueSchema.safeParse(parsed(text));
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new Error(
    `expected the catalogue of generations in ${file} of ${stack}-records, got ${path.join(".") || "the file"}: ${message}; see docs/runbooks/catalogue.md`,
  );
}

/** Changes the catalogue in one atomic write. The caller holds the live lock. @throws when there is none to change */
export async function updateCatalogue(
  docker: Docker,
  stack: string,
  change: (catalogue: Catalogue) => Catalogue,
): Promise<Catalogue> {
  const old = await readCatalogue(docker, stack);
  if (!old) throw new Error(`expected ${file} in ${stack}-records, got none; run \`up\`, which makes it`);
  const changed = change(old);
  await writeCatalogue(docker, stack, changed);
  return changed;
}

/** Replaces the catalogue. */
export const writeCatalogue = (docker: Docker, stack: string, catalogue: Catalogue): Promise<void> =>
  writeRecord(docker, stack, file, `${JSON.stringify(catalogue)}\n`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type Docker from "dockerode";
import { readCatalogue, writeCatalogue } from "./generations/catalogue.ts";
import type { Catalogue, Generation } from "./generations/format.ts";
import { findGenerations, rebuild } from "./generations/rebuild.ts";
import { findFiles, withFoundFiles } from "./generations/rebuild-files.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { withLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords, inRecords } from "./live/records.ts";

/**
 * Tells the catalogue of generations as far as that can be done without it, and with --yes puts it in its place:
 * `node operations/rebuild-catalogue.ts <stack> [--yes]`. One that can be read is never replaced.
 */
runProgram(async () => {
  const [stack, yes] = process.argv.slice(2);
  if (!stack) throw new Error("expected `node operations/rebuild-catalogue.ts <stack> [--yes]`");
  const docker = connect();
  const { found, serving } = await findGenerations(docker, stack, await imageOf(docker, stack));
  const catalogue = withFoundFiles(rebuild(found, serving, new Date()), await findFiles(docker, stack));
  for (const { name, state, index, bornAt, files = [] } of catalogue.generations)
    console.log(`${name}: ${name === serving ? "serves" : state}, address ${index}, volume of ${bornAt}${tell(files)}`);
  if (yes !== "--yes") return console.log("nothing was changed; put it in its place: --yes");
  await ensureRecords(docker, stack);
  await withLock(docker, stack, "rebuild of the catalogue", () => replace(docker, stack, catalogue));
  console.log(
    `generations.json of ${stack}-records is made anew; take every target out of the config before the next \`up\``,
  );
});

const tell = (files: NonNullable<Generation["files"]>) =>
  files.length === 0 ? "" : `, files in ${files.map(({ name }) => name).join(", ")}`;

async function replace(docker: Docker, stack: string, catalogue: Catalogue): Promise<void> {
  const readable = await readCatalogue(docker, stack).catch(() => undefined);
  if (readable)
    throw new Error(
      `expected no catalogue of ${stack} that can be read, got one of ${readable.generations.map(({ name }) => name).join(", ")}; it stays`,
    );
  const aside = `[ ! -e generations.json ] || mv generations.json "generations.json.$(date -u +%Y%m%dT%H%M%SZ)"`;
  await inRecords(docker, stack, aside, []);
  await writeCatalogue(docker, stack, catalogue);
  const generations = catalogue.generations.map(({ name }) => name);
  await appendJournal(docker, stack, {
    event: "catalogue-rebuilt",
    operation: "generations",
    generations,
    actor: actor(),
  });
}

/** Image of the stack's database. */
async function imageOf(docker: Docker, stack: string): Promise<string> {
  const label = [`switchback.stack=${stack}`, "switchback.role=database"];
  const [one] = await docker.listContainers({ all: true, filters: { label } });
  if (one) return one.ImageID;
  throw new Error(`expected a container of a database of ${stack}, got none; make one: \`up --refresh\``);
}

import { existsSync, readdirSync } from "node:fs";
import type Docker from "dockerode";
import { acceptedBy, type Lineage, readLineage } from "../../stacks/lineage.ts";
import { bounded, type Probed } from "../../stacks/probe-bounded.ts";
import type { HeadMove, RecoveryFacts } from "../../stacks/recovery/facts.ts";
import { parseStanzas } from "../../stacks/recovery/stanza.ts";
import { readRelease, resolveImage } from "../../stacks/release.ts";
import { type ColorName, colors, type StackConfig } from "../../stacks/schema.ts";
import { readDumps, readPoints } from "../backup/catalogue.ts";
import { firstCatalogue, servingGeneration } from "../generations/format.ts";
import { isEvidence } from "../isolation/names.ts";
import { execOk } from "../live/docker.ts";
import { readJournal } from "../live/journal.ts";
import { readRecord } from "../live/records.ts";
import { readSettled } from "../promotion/settle.ts";
import { readRouter } from "../router/state.ts";
import type { ColorFact, ReleaseFact, RollbackFacts } from "./facts.ts";
import { readGolden } from "./golden.ts";
import { type Line, servedIn } from "./history.ts";
import { readStackConfig } from "./stack-file.ts";

/** Looks at everything that a rollback is chosen by, from the project in the working folder and the engine. It changes nothing. */
export async function readRollbackFacts(docker: Docker, stack: string): Promise<RollbackFacts> {
  const config = readStackConfig(stack);
  const now = new Date().toISOString();
  const [router, containers, journal, points, golden, schema, recovery] = await Promise.all([
    bounded(() => readServing(docker, stack)),
    bounded(() => readColors(docker, stack)),
    bounded(() => readJournal(docker, stack)),
    bounded(() => readPoints(docker, stack)),
    bounded(() => readGolden(docker, stack)),
    bounded(() => readHead(docker, stack)),
    bounded(() => readRecovery(docker, stack, now)),
  ]);
  const lineage = config.database && readMigrations(config);
  const probes = { router, containers, journal, points, golden, schema, recovery };
  const unknown = Object.entries(probes).flatMap(([name, probed]) =>
    "unknown" in probed ? [`${name}: ${probed.unknown}`] : [],
  );
  const head = known(schema, undefined);
  return {
    ...{ stack, now, config, lineage, head, unknown },
    serving: known(router, undefined),
    colors: known(containers, { blue: absent, green: absent }),
    releases: await readReleases(docker, config, lineage),
    served: "value" in journal ? servedIn(journal.value) : undefined,
    points: known(points, []),
    golden: known(golden, []),
    recovery: config.database && recoveryFacts(known(recovery, undefined), points, movesIn(journal), head, now),
  };
}

const absent: ColorFact = { release: null, containers: 0, running: 0 };

const known = <T>(probed: Probed<T>, otherwise: T): T => ("value" in probed ? probed.value : otherwise);

async function readServing(docker: Docker, stack: string): Promise<RollbackFacts["serving"]> {
  const state = await readRouter(docker, stack);
  if (state.kind === "absent") throw new Error(`there is no ${stack}-router`);
  if (state.kind === "unreadable") throw new Error(state.reason);
  const pointer = state.memory ?? state.file?.pointer;
  if (!pointer) throw new Error("it has no pointer");
  return { color: pointer.color, release: pointer.releases[pointer.color], mode: pointer.mode };
}

async function readColors(docker: Docker, stack: string): Promise<Record<ColorName, ColorFact>> {
  const label = [`switchback.stack=${stack}`, "switchback.role=service"];
  const all = await docker.listContainers({ all: true, filters: { label } });
  const own = all.filter(({ Names }) => !isEvidence(stack, Names[0]?.slice(1) ?? ""));
  const facts = colors.map((color): [ColorName, ColorFact] => {
    const found = own.filter(({ Labels }) => Labels["switchback.color"] === color);
    const releases = new Set(found.map(({ Labels }) => Labels["switchback.release"]));
    const running = found.filter(({ State, Status }) => State === "running" && !Status.includes("unhealthy")).length;
    const [release = null] = releases.size === 1 ? [...releases] : [];
    return [color, { release, containers: found.length, running }];
  });
  return Object.fromEntries(facts) as Record<ColorName, ColorFact>;
}

async function readHead(docker: Docker, stack: string): Promise<string | undefined> {
  const text = await readRecord(docker, stack, "schema.json");
  return text === undefined ? undefined : (JSON.parse(text) as { head: string }).head;
}

function readMigrations({ database }: StackConfig): Lineage {
  const errors: string[] = [];
  const lineage = readLineage(database!.migrations.folder, errors);
  if (errors.length > 0) throw new Error(`expected migrations that can be used, got: ${errors.join("; ")}`);
  return lineage;
}

/** Every release that the project has a file of. */
async function readReleases(
  docker: Docker,
  config: StackConfig,
  lineage: Lineage | undefined,
): Promise<Map<string, ReleaseFact>> {
  const files = existsSync("releases") ? readdirSync("releases") : [];
  const tags = files.flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return new Map(
    await Promise.all(tags.map(async (tag) => [tag, await readOne(docker, config, lineage, tag)] as const)),
  );
}

async function readOne(
  docker: Docker,
  config: StackConfig,
  lineage: Lineage | undefined,
  tag: string,
): Promise<ReleaseFact> {
  const problems: string[] = [];
  const release = readRelease(tag, problems);
  const services = Object.keys(release?.services ?? {}).filter((name) => name in config.services);
  const images = services.flatMap((name) => resolveImage(config.services[name]!.image, name, tag, problems) ?? []);
  for (const { label, reference } of images) {
    // What a registry has is fetched when it is needed.
    if (!reference.startsWith("sha256:")) continue;
    const found = await bounded(() => docker.getImage(reference).inspect());
    if ("unknown" in found) problems.push(`the image ${label} is not here as recorded`);
  }
  const every = { accepts: () => true, min: "", max: "" };
  try {
    return { accepts: lineage ? acceptedBy(lineage, release?.schema) : every, problems };
  } catch (error) {
    return { accepts: every, problems: [...problems, (error as Error).message] };
  }
}

type Read = Pick<RecoveryFacts, "catalogue" | "dumps" | "stanzas">;

async function readRecovery(docker: Docker, stack: string, now: string): Promise<Read> {
  const catalogue = (await readSettled(docker, stack)) ?? firstCatalogue(now);
  const container = `${stack}-database-${servingGeneration(catalogue)}`;
  const [dumps, stanzas] = await Promise.all([
    bounded(() => readDumps(docker, stack)),
    bounded(async () => parseStanzas(await execOk(docker, container, ["pgbackrest", "--output=json", "info"]))),
  ]);
  return { catalogue, dumps, stanzas };
}

const movesIn = (journal: Probed<readonly Line[]>): RecoveryFacts["moves"] =>
  "unknown" in journal
    ? journal
    : { value: journal.value.filter(({ event }) => event === "migrated") as unknown as HeadMove[] };

function recoveryFacts(
  read: Read | undefined,
  points: RecoveryFacts["points"],
  moves: RecoveryFacts["moves"],
  head: string | undefined,
  now: string,
): RecoveryFacts {
  const nothing = { unknown: "not asked" };
  const { catalogue = firstCatalogue(now), dumps = nothing, stanzas = nothing } = read ?? {};
  return { catalogue, points, dumps, stanzas, server: nothing, moves, head, now };
}

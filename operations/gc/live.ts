import type Docker from "dockerode";
import { readDumps, readPoints } from "../backup/catalogue.ts";
import type { BackupPoint, DumpPoint } from "../backup/point.ts";
import type { Repository } from "../database/repository.ts";
import { readCatalogue } from "../generations/catalogue.ts";
import { execOk } from "../live/docker.ts";
import { recordsName } from "../live/records.ts";
import { setName } from "./decide.ts";
import type { GcFacts, ImageFact, PointFact } from "./facts.ts";
import { readMigrationImages, recordedMigrationImages } from "./migration-images.ts";
import { readProject, readRetention } from "./project.ts";

/** Gathers what decides what is still needed, from the project in the working folder and the engine. It changes nothing. */
export async function gatherFacts(docker: Docker, stack: string): Promise<GcFacts> {
  const unknown: string[] = [];
  const project = readProject(unknown);
  const containers = await docker.listContainers({ all: true });
  const labels = containers.map(({ Labels }) => Labels);
  const stacks = [...new Set([stack, ...project.stacks])];
  const known = stacks.filter((name) => containers.some(({ Names }) => Names.includes(`/${recordsName(name)}`)));
  const points = new Map(
    await Promise.all(known.map(async (name) => [name, await pointsOf(docker, name, unknown)] as const)),
  );
  // Which points of another stack can still be restored is not asked: they all count.
  const others = [...points].flatMap(([name, found]) => (name === stack ? [] : found));
  const migrationImages = await Promise.all(
    stacks.map((name) => imagesOfMigrations(docker, name, containers, unknown)),
  );
  const labelled = (label: string) => labels.flatMap((own) => own[label] || []);
  return {
    now: new Date(),
    images: await imagesOf(docker, project.repositories),
    used: new Set(containers.map(({ ImageID }) => ImageID)),
    releases: new Set([
      ...project.releases,
      ...labelled("switchback.release"),
      ...others.flatMap((point) => point.releases),
    ]),
    releaseImages: new Set(project.releaseImages),
    migrationImages: new Set(migrationImages.flat()),
    sets: project.sets,
    namedSets: new Set([
      ...project.namedSets,
      ...[...labelled("switchback.set"), ...others.flatMap(({ sets }) => sets)].map(setName),
    ]),
    points: points.get(stack) ?? [],
    oldestBackups: await oldestBackups(docker, stack, containers),
    retentionDays: readRetention(stack),
    unknown,
  };
}

async function imagesOf(docker: Docker, repositories: readonly string[]): Promise<ImageFact[]> {
  const found = await docker.listImages();
  const mine = (name: string) =>
    repositories.some((repository) => name.startsWith(`${repository}:`) || name.startsWith(`${repository}@`));
  return found
    .map(({ Id, RepoTags, RepoDigests, Size }) => ({
      id: Id,
      names: [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => !name.includes("<none>")),
      bytes: Size,
    }))
    .filter(({ names }) => names.length > 0 && names.every(mine));
}

async function pointsOf(docker: Docker, stack: string, unknown: string[]): Promise<PointFact[]> {
  try {
    const [points, dumps] = await Promise.all([readPoints(docker, stack), readDumps(docker, stack)]);
    return [...points.map(pointFact), ...dumps.map(dumpFact)];
  } catch (error) {
    unknown.push(`the catalogue of ${stack}: ${(error as Error).message}`);
    return [];
  }
}

const pointFact = ({ name, kind, at, generation, releases, sets }: BackupPoint): PointFact => ({
  name,
  kind,
  at,
  generation,
  releases: [releases.blue, releases.green].filter((tag) => tag !== null),
  sets: [sets.blue, sets.green].filter((id) => id !== null),
  of: "",
});

const dumpFact = ({ name, kind, at, generation, tables }: DumpPoint): PointFact => ({
  name,
  kind,
  at,
  generation,
  releases: [],
  sets: [],
  of: [...tables].sort().join(" "),
});

type Listed = readonly Docker.ContainerInfo[];
const databasesOf = (stack: string, containers: Listed) =>
  containers.filter(({ Labels }) => Labels["switchback.stack"] === stack && Labels["switchback.role"] === "database");

/** Images that a database keeps, because they brought a migration whose way back it has; also one that stands still. */
async function imagesOfMigrations(
  docker: Docker,
  stack: string,
  containers: Listed,
  unknown: string[],
): Promise<string[]> {
  const running = databasesOf(stack, containers).filter(({ State }) => State === "running");
  const kept = containers.filter(
    ({ Names, Labels }) => Labels["switchback.stack"] === stack && /-database-.*-keeper$/.test(Names[0] ?? ""),
  );
  if (kept.length > 0 && running.length === 0) {
    unknown.push(`the database of ${stack}, which does not run and may keep images for the way back of its migrations`);
    return [];
  }
  const reading = async (what: string, read: () => Promise<string[] | undefined>): Promise<string[]> => {
    try {
      const images = await read();
      if (images) return images;
      unknown.push(`${what}, which stands still and may keep images for the way back of its migrations`);
    } catch (error) {
      unknown.push(`${what}: ${(error as Error).message}`);
    }
    return [];
  };
  const names = running.map(({ Names }) => Names[0]!.slice(1));
  const still = (await waysBack(docker, stack, unknown)).filter((name) => !names.includes(`${stack}-database-${name}`));
  const found = await Promise.all([
    ...names.map((container) => reading(`the database ${container}`, () => readMigrationImages(docker, container))),
    ...still.map((name) =>
      reading(`generation ${name} of ${stack}`, () => recordedMigrationImages(docker, stack, name)),
    ),
  ]);
  return found.flat();
}

/** Generations to which a stack can go back. */
async function waysBack(docker: Docker, stack: string, unknown: string[]): Promise<string[]> {
  try {
    const catalogue = await readCatalogue(docker, stack);
    return (catalogue?.generations ?? []).filter(({ state }) => state === "ready").map(({ name }) => name);
  } catch (error) {
    unknown.push((error as Error).message);
    return [];
  }
}

/** Asked in any container of the stack that has the volume of its backups; undefined: none answers. */
async function oldestBackups(
  docker: Docker,
  stack: string,
  containers: Listed,
): Promise<ReadonlyMap<string, string> | undefined> {
  const running = databasesOf(stack, containers).find(({ State }) => State === "running");
  if (!running) return undefined;
  try {
    const text = await execOk(docker, running.Names[0]!.slice(1), ["pgbackrest", "--output=json", "info"]);
    const repository = JSON.parse(text) as Repository;
    const oldest = repository.map(
      ({ name, backup }) => [name, Math.min(...backup.map(({ timestamp }) => timestamp.stop))] as const,
    );
    return new Map(
      oldest.map(([name, stop]) => [name, new Date(Number.isFinite(stop) ? stop * 1000 : 8.64e15).toISOString()]),
    );
  } catch {
    return undefined;
  }
}

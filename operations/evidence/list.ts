import type Docker from "dockerode";
import type { Catalogue, Generation } from "../generations/format.ts";
import { exec } from "../live/docker.ts";
import { readSettled } from "../promotion/settle.ts";
import { describeTarget, type GenerationHistory, historyOf } from "./history.ts";

/** A generation, and what there is of it. */
export interface ListedGeneration extends GenerationHistory {
  readonly container: string;
  /** Whether its container runs; null: there is none. */
  readonly running: boolean | null;
  /** Bytes of its volume; null: nobody can tell. */
  readonly bytes: number | null;
  /** Volumes of the services that are its own, once files were restored. */
  readonly files: readonly ListedVolume[];
}

export interface ListedVolume {
  readonly service: string;
  readonly volume: string;
  /** Physical name; its keeper is called after it. */
  readonly name: string;
  readonly bytes: number | null;
}

/** Volumes of the services that a generation shares with no other one. */
export function ownFiles({ generations }: Catalogue, generation: string): NonNullable<Generation["files"]> {
  const others = generations.filter(({ name }) => name !== generation).flatMap(({ files }) => files ?? []);
  const own = generations.find(({ name }) => name === generation)?.files ?? [];
  return own.filter(({ name }) => others.every((other) => other.name !== name));
}

/** Container of a generation, whose volume has the same name. */
export const containerOf = (stack: string, generation: string): string => `${stack}-database-${generation}`;

/** Every generation of a stack, by birth. It changes nothing. */
export async function listGenerations(docker: Docker, stack: string): Promise<ListedGeneration[]> {
  const catalogue = await readSettled(docker, stack);
  if (!catalogue) return [];
  return Promise.all(
    historyOf(catalogue).map(async (history) => {
      const container = containerOf(stack, history.name);
      const [running, bytes, files] = await Promise.all([
        isRunning(docker, container),
        volumeBytes(docker, `${container}-keeper`),
        Promise.all(
          ownFiles(catalogue, history.name).map(async (one) => ({
            ...one,
            bytes: await volumeBytes(docker, `${one.name}-keeper`),
          })),
        ),
      ]);
      return { ...history, container, running, bytes, files };
    }),
  );
}

/** A line for each, its story below it. */
export function renderGenerations(generations: readonly ListedGeneration[]): string {
  if (generations.length === 0) return "none: the stack has no database yet";
  return generations.map(renderOne).join("\n");
}

function renderOne(generation: ListedGeneration): string {
  const { name, state, running, bornAt, target, served, left, keepUntil, files } = generation;
  const runs = running === null ? "no container" : running ? "runs" : "stands still";
  const by = ({ actor, reason }: { actor: string; reason: string }) => `by ${actor}${reason ? `, "${reason}"` : ""}`;
  return [
    `${name}: ${state}, ${runs}, ${sizeOf(generation)}`,
    `  born ${bornAt}: ${describeTarget(target)}`,
    ...(served ? [`  served from ${served.at}, ${by(served)}`] : []),
    ...(left ? [`  left at ${left.at} for ${left.to}, ${by(left)}`] : []),
    ...(keepUntil ? [`  kept until ${keepUntil}`] : []),
    ...files.map((one) => `  files of ${one.service}/${one.volume} in ${one.name}, ${sizeOf(one)}`),
  ].join("\n");
}

const sizeOf = ({ bytes }: { bytes: number | null }) =>
  bytes === null ? "size unknown" : `${(bytes / 1e6).toFixed(0)} MB`;

async function isRunning(docker: Docker, container: string): Promise<boolean | null> {
  try {
    return (await docker.getContainer(container).inspect()).State.Running;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}

/** Measured by its keeper, as PostgreSQL's own container may stand still. Files may go while it looks. */
export async function volumeBytes(docker: Docker, keeper: string): Promise<number | null> {
  try {
    const { stdout } = await exec(docker, keeper, ["du", "-s", "--block-size=1", "/data"]);
    return Number.parseInt(stdout, 10) || null;
  } catch {
    return null;
  }
}

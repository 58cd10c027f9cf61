import type Docker from "dockerode";
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
      const [running, bytes] = await Promise.all([
        isRunning(docker, container),
        volumeBytes(docker, `${container}-keeper`),
      ]);
      return { ...history, container, running, bytes };
    }),
  );
}

/** A line for each, its story below it. */
export function renderGenerations(generations: readonly ListedGeneration[]): string {
  if (generations.length === 0) return "none: the stack has no database yet";
  return generations.map(renderOne).join("\n");
}

function renderOne({ name, state, running, bytes, bornAt, target, served, left, keepUntil }: ListedGeneration): string {
  const size = bytes === null ? "size unknown" : `${(bytes / 1e6).toFixed(0)} MB`;
  const runs = running === null ? "no container" : running ? "runs" : "stands still";
  const by = ({ actor, reason }: { actor: string; reason: string }) => `by ${actor}${reason ? `, "${reason}"` : ""}`;
  return [
    `${name}: ${state}, ${runs}, ${size}`,
    `  born ${bornAt}: ${describeTarget(target)}`,
    ...(served ? [`  served from ${served.at}, ${by(served)}`] : []),
    ...(left ? [`  left at ${left.at} for ${left.to}, ${by(left)}`] : []),
    ...(keepUntil ? [`  kept until ${keepUntil}`] : []),
  ].join("\n");
}

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

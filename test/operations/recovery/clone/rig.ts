import { describe } from "vitest";
import { readBasePoints } from "../../../../operations/recovery/clone/base-points.ts";
import { mountSharedBlocks } from "../../../helpers/shared-blocks.ts";
import { goalOf, runGoal } from "../../database/goal.ts";
import { docker } from "../../database/rig.ts";
import { createRig as createRecovery, type MakeVolume, type Rig as RecoveryRig } from "../rig.ts";

const mounted = await mountSharedBlocks();

/** Skipped, with the reason in its name, where no filesystem can be made whose files share blocks. */
export function onSharedBlocks(name: string, tests: () => void): void {
  if (typeof mounted === "string") describe.skip(`${name} (${mounted})`, tests);
  else describe(name, tests);
}

export interface Rig extends RecoveryRig {
  /** Volumes of generations that are made from now on lie where Docker puts them. */
  elsewhere: boolean;
  /** Takes a base point as the scheduler does. @returns what it printed */
  take(keep?: number): Promise<{ readonly name?: string; readonly refused?: string }>;
  /** Names of the base points, oldest first. */
  points(container?: string): Promise<string[]>;
}

const basePoints = 8;

/** A database on a filesystem whose files share blocks, with what restores need. It keeps base points. */
export async function createRig(): Promise<Rig> {
  if (typeof mounted === "string") throw new Error(mounted);
  const makeVolume: MakeVolume = async (stack, name) => {
    if (!rig?.elsewhere) await mounted.volume(stack, name);
  };
  let rig: Rig | undefined;
  const before = ({ stack }: { readonly stack: string }) => mounted.volume(stack, `${stack}-database-initial`);
  const recovery = await createRecovery({ before }, makeVolume);
  const setUp = (generation: string, container: string) =>
    runGoal({ ...goalOf(recovery), generation, container, basePoints });
  await setUp("initial", recovery.container);
  rig = {
    ...recovery,
    elsewhere: false,
    setUp: async ({ generation, container }) => void (await setUp(generation, container)),
    backup: (change = {}, epoch) => recovery.backup({ basePoints, ...change }, epoch),
    take: async (keep = basePoints) =>
      JSON.parse(await recovery.sh(recovery.container, `switchback-base-point take ${keep} schedule`)),
    points: async (container = recovery.container) => (await readBasePoints(docker, container)).map(({ name }) => name),
    remove: async () => {
      await recovery.remove();
      mounted.remove();
    },
  };
  return rig;
}

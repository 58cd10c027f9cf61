import { createHash } from "node:crypto";
import type { FileVolume } from "../../stacks/file-volumes.ts";
import type { ColorName } from "../../stacks/schema.ts";

/** What the `safety-backup` command is to reach: a backup point of the database as it is before a change. */
export interface BackupGoal {
  readonly stack: string;
  readonly generation: string;
  /** Container that runs the generation. */
  readonly container: string;
  /** Name of the database. */
  readonly database: string;
  /** Oldest base on which it may stand. */
  readonly maxAgeHours: number;
  /** Time it may spend on counting and hashing rows. */
  readonly countSeconds: number;
  /** How many base points are kept beside the data; 0: none is taken. */
  readonly basePoints: number;
  /** Volumes of the services, saved with it, and the time that this may take. */
  readonly files: readonly FileVolume[];
  readonly fileSeconds: number;
  /** What ran before the change; null: the color is absent. It is recorded with the point, and decides nothing. */
  readonly releases: Readonly<Record<ColorName, string | null>>;
  readonly sets: Readonly<Record<ColorName, string | null>>;
  readonly activeColor: ColorName | null;
}

/** SHA-256, in hex, of the goal. */
export const hashBackupGoal = (goal: BackupGoal): string => {
  const { stack, generation, container, database, maxAgeHours, countSeconds, fileSeconds } = goal;
  const { releases, sets, activeColor } = goal;
  const both = [releases.blue, releases.green, sets.blue, sets.green];
  const files = goal.files.map(({ name }) => name);
  const times = [maxAgeHours, countSeconds, fileSeconds, goal.basePoints];
  const parts = [stack, generation, container, database, times, files, both, activeColor];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
};

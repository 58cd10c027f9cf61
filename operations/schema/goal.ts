import { createHash } from "node:crypto";
import type { ColorName } from "../../stacks/schema.ts";
import type { CacheFlush } from "../cache/flush.ts";
import type { TargetService } from "../router/goal.ts";

/** What the schema's operation is to reach, and how. It holds no path, host or time. */
export interface SchemaGoal {
  readonly stack: string;
  readonly database: { readonly container: string; readonly name: string };
  /** Migration the schema is to be at; "": before the first. */
  readonly head: string;
  /** Whether each color's entries in the pooler are open when it is reached. */
  readonly open: Readonly<Record<ColorName, boolean>>;
  readonly migrations: {
    /** Relative to the project. */
    readonly folder: string;
    readonly lockTimeoutMs: number;
    readonly attempts: number;
    readonly blockers: "fail" | "cancel";
  };
  /** Largest number of values that going back over each lossy migration may lose. */
  readonly allowDataLoss: Readonly<Record<string, number>>;
  /** What a release that goes back must not find in the cache; unset: nothing. */
  readonly cache?: CacheFlush | undefined;
  readonly hold: { readonly maxSeconds: number; readonly drainSeconds: number };
  readonly colors: Readonly<Record<ColorName, readonly TargetService[]>>;
}

/** SHA-256, in hex, of what is reached: the head, in which database, and the open entries. How it is reached is no part of it. */
export const hashSchemaGoal = ({ database, head, open }: SchemaGoal): string =>
  createHash("sha256")
    .update(JSON.stringify([database.container, database.name, head, open.blue, open.green]))
    .digest("hex");

import { createHash } from "node:crypto";
import type { CacheFlush } from "../cache/flush.ts";

/** What the `promotion` command is to reach: one generation serves, all others stand still. */
export interface PromotionGoal {
  readonly stack: string;
  /** Name of the database. */
  readonly database: string;
  /** The generation that is to serve. */
  readonly generation: string;
  readonly container: string;
  /** Where the pooler finds it. */
  readonly address: string;
  /** `recovery`: it was made for the request; `undo`: it served before, or was kept; `first`: there was none before it. */
  readonly kind: "first" | "recovery" | "undo";
  /** Hash of the request that is done with it; null: none. */
  readonly request: string | null;
  /** Containers of every other generation: stopped when it is reached. */
  readonly others: readonly string[];
  /** The generation being left, and the most commits that may stay behind in it; null: any number. */
  readonly leaving: {
    readonly generation: string;
    readonly container: string;
    readonly maxCommits: number | null;
  } | null;
  readonly during: "maintenance" | "readonly" | "serve";
  /**
   * The colors get other volumes with the generation, in containers that are made anew after the switch: nobody is served
   * from then on, until the router's operation.
   */
  readonly remounts?: boolean;
  /** Time that a generation gets to stop, in seconds. */
  readonly stopSeconds: number;
  /** How long what is left stays evidence at least, in days. */
  readonly keepDays: number;
  readonly cache?: CacheFlush | undefined;
  readonly hold: { readonly maxSeconds: number; readonly drainSeconds: number };
}

/** SHA-256, in hex, of what is reached. How it is reached is no part of it. */
export const hashPromotionGoal = ({ stack, database, generation, address }: PromotionGoal): string =>
  createHash("sha256")
    .update(JSON.stringify([stack, database, generation, address]))
    .digest("hex");

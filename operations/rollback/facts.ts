import type { Accepts, Lineage } from "../../stacks/lineage.ts";
import type { RecoveryFacts } from "../../stacks/recovery/facts.ts";
import type { ColorName, StackConfig } from "../../stacks/schema.ts";
import type { BackupPoint } from "../backup/point.ts";
import type { Golden } from "./golden.ts";
import type { Served } from "./history.ts";

/** A release as far as going back to it asks for it. */
export interface ReleaseFact {
  /** Heads of the schema that it works with. */
  readonly accepts: Accepts;
  /** What stops it, whatever else is there: its file is broken, an image is gone. */
  readonly problems: readonly string[];
}

/** What a color is now. */
export interface ColorFact {
  /** Release of its containers; null: it has none, or several. */
  readonly release: string | null;
  readonly containers: number;
  readonly running: number;
}

/** What a rollback is chosen and planned by. Nothing of it is guessed: what was not answered is undefined. */
export interface RollbackFacts {
  readonly stack: string;
  /** RFC 3339 */
  readonly now: string;
  readonly config: StackConfig;
  /** Who gets the traffic, or would without maintenance; undefined: the router could not be asked. */
  readonly serving: { readonly color: ColorName; readonly release: string | null; readonly mode: string } | undefined;
  readonly colors: Readonly<Record<ColorName, ColorFact>>;
  /** Head of the schema that was recorded last; undefined: the stack has no database, or nobody knows. */
  readonly head: string | undefined;
  /** Undefined: the stack has no database. */
  readonly lineage: Lineage | undefined;
  readonly releases: ReadonlyMap<string, ReleaseFact>;
  /** Oldest first; undefined: the journal could not be read. */
  readonly served: readonly Served[] | undefined;
  readonly points: readonly BackupPoint[];
  readonly golden: readonly Golden[];
  /** Undefined: the stack has no database. */
  readonly recovery: RecoveryFacts | undefined;
  /** Names of parts that could not be read, and why. */
  readonly unknown: readonly string[];
}

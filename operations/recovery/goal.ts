import { createHash } from "node:crypto";

/** Where replay stops. `inclusive`: what is exactly at the target is replayed; a name and `immediate` have no such choice. */
export type Stop =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "time"; readonly at: string; readonly inclusive: boolean }
  | { readonly kind: "lsn"; readonly lsn: string; readonly inclusive: boolean }
  /** As soon as the base is consistent. */
  | { readonly kind: "immediate" };

/** What the data is made of. */
export type Material =
  | {
      readonly kind: "base";
      /** pgBackRest's name of the backup; its stanza is the source's name. */
      readonly label: string;
      readonly stop: Stop;
    }
  /** A logical dump on the volume of backups. */
  | { readonly kind: "dump"; readonly name: string; readonly file: string; readonly sha256: string };

/** Files of a service that come back with the data, into a volume of the generation's own. */
export interface RestoredFiles {
  readonly service: string;
  readonly volume: string;
  /** Physical name of the volume into which they are written. */
  readonly name: string;
  /** Id of the copy, and the backup point whose it is; null: it was saved by schedule. */
  readonly snapshot: string;
  readonly point: string | null;
  /** RFC 3339: when the copy began, and how much it has. */
  readonly at: string;
  readonly files: number;
  readonly bytes: number;
}

/** What a `restore` command is to reach: a generation with the data of a moment, whole, verified, and seen by nobody. */
export interface RestoreGoal {
  readonly stack: string;
  /** Hash of the request. */
  readonly request: string;
  /** Generation that is made, and its container; its volume has the same name as the container. */
  readonly generation: string;
  readonly container: string;
  readonly backupVolume: string;
  /** Name of the database. */
  readonly database: string;
  readonly source: {
    readonly generation: string;
    readonly container: string;
    readonly timeline: number;
    /** It serves, so that its last WAL can still be asked for. */
    readonly serves: boolean;
  };
  readonly material: Material;
  /** Unset: none; volumes that are not named stay the ones of the generation that is left. */
  readonly files?: readonly RestoredFiles[];
  readonly expected: {
    /** Head of the schema; null: nobody knows. */
    readonly head: string | null;
    /** Backup point with whose heartbeat, and in an audit whose contents, it is compared; null: none. */
    readonly point: string | null;
  };
  /** What the application gets meanwhile. `serve` in a drill, which disturbs nobody. */
  readonly during: "maintenance" | "readonly" | "serve";
  /** `audit`: everything is read before it may serve. */
  readonly verify: "gate" | "audit";
  /** false: not by a clone, which has whatever damage the disk of the source has; unset: where that is possible. */
  readonly clone?: boolean;
  /** The active release's own checks: each returns one row whose first column is true. */
  readonly smoke: readonly string[];
  readonly drill: boolean;
}

/** SHA-256, in hex, of what is reached. What is shown meanwhile is no part of it. */
export const hashRestoreGoal = ({ request, generation, source, material }: RestoreGoal): string =>
  createHash("sha256")
    .update(JSON.stringify([request, generation, source.generation, material]))
    .digest("hex");

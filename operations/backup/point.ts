import type { BackupGoal } from "./goal.ts";

/** Rows of a table in the point's snapshot. */
export interface TableContent {
  /** `schema.table` */
  readonly table: string;
  /** null: unknown, the time budget was used up. */
  readonly rows: number | null;
  /** Sum of the rows' hashes, whatever their order; null: unknown. */
  readonly hash: string | null;
}

/** The files of a service's volume, as they were saved with a point. */
export interface SavedFiles {
  readonly service: string;
  readonly volume: string;
  /** Id of the snapshot: a SHA-256 over names, owners, modes, times and contents of all that is in it. */
  readonly snapshot: string;
  /** RFC 3339: when it began. Earlier than the point where there was no time for a newer one. */
  readonly at: string;
  readonly files: number;
  readonly bytes: number;
  /** Bytes that the repository grew by. */
  readonly added: number;
  /** Nothing changed while it was saved: it shows one moment. Else each file is as it was when its turn came. */
  readonly consistent: boolean;
}

/** A moment to which level 3 can go back exactly. Kept in the catalogue, outside the database. */
export interface BackupPoint {
  /** Name of the restore point in the WAL. */
  readonly name: string;
  readonly kind: "safety";
  /** RFC 3339, by the database's clock. */
  readonly at: string;
  readonly generation: string;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly lsn: string;
  /** WAL segment that holds it; it is in the repository. */
  readonly segment: string;
  /** Backup on which it stands. */
  readonly base: { readonly label: string; readonly stoppedAt: string };
  readonly postgres: string;
  readonly heartbeat: { readonly seq: number; readonly at: string };
  /** Head of the schema; "": none. */
  readonly head: string;
  readonly schemaHash: string;
  readonly contents: readonly TableContent[];
  readonly files: readonly SavedFiles[];
  readonly releases: BackupGoal["releases"];
  readonly sets: BackupGoal["sets"];
  readonly activeColor: BackupGoal["activeColor"];
  readonly reason: string;
  readonly actor: string;
}

/** A logical dump: rows as SQL, which another major version can read, and from which one table can be taken. */
export interface DumpPoint {
  readonly name: string;
  readonly kind: "dump";
  /** RFC 3339: when it began, which is the moment that it shows. */
  readonly at: string;
  readonly generation: string;
  readonly database: string;
  /** Path in the containers that have the volume of backups. */
  readonly file: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** `schema.table` */
  readonly tables: readonly string[];
  /** It was taken of some tables alone: no database can be made of it. */
  readonly partial: boolean;
  readonly head: string;
  readonly reason: string;
  readonly actor: string;
}

/** Name of a safety backup: sorts by time, and no two are the same. */
export const safetyName = (at: Date, random: string): string => named("safety", at, random);

/** Name of a logical dump, likewise. */
export const dumpName = (at: Date, random: string): string => named("dump", at, random);

/** Name of the restore point that ends a generation which is left, likewise. */
export const endName = (at: Date, random: string): string => named("end", at, random);

const named = (kind: string, at: Date, random: string): string =>
  `${kind}-${at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "")}-${random}`;

import type pg from "pg";
import { boundCommits } from "./behind/bound.ts";
import { findWal, flushed, readBehind } from "./behind/read.ts";

/** A moment, or a position in the WAL; what was committed after it counts. */
export type Since = { readonly at: string } | Position;

export interface Position {
  readonly lsn: string;
  /** Number of the next transaction then, and the heartbeat: they help where the WAL is gone. Unset: unknown. */
  readonly xid?: string | undefined;
  readonly heartbeat?: number | undefined;
}

/** Rows of a table that were written by committed transactions: an estimate, which knows no row that was written twice. */
export interface TableRows {
  /** `schema.table` */
  readonly table: string;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
}

/** What the data of a live generation would lose with everything after a moment. */
export interface Behind {
  /** Transactions of others than this product that changed rows or the schema. */
  readonly commits: number;
  /** Otherwise `commits` is the most that it can be: the WAL is not in pg_wal any more, or took too long to read. */
  readonly exact: boolean;
  /** Transactions and savepoints that were rolled back; null: unknown. */
  readonly aborts: number | null;
  /** WAL since then, everybody's; null: unknown. */
  readonly walBytes: number | null;
  /** By most rows first; null: unknown. */
  readonly tables: readonly TableRows[] | null;
  /** RFC 3339; null: there is none, or it is unknown. */
  readonly lastCommitAt: string | null;
  /** Position up to which was counted. */
  readonly upTo: string;
}

/**
 * Counts what was committed since a moment, from the WAL that the server still has. It changes nothing.
 * @param client as superuser, in no transaction
 * @param seconds that it may take; what is not known by then is unknown
 */
export async function countBehind(client: pg.Client, since: Since, seconds = 5): Promise<Behind> {
  const end = performance.now() + seconds * 1000;
  const left = () => Math.max(1, Math.ceil(end - performance.now()));
  const upTo = await flushed(client);
  const wal = await findWal(client, since, upTo);
  // A third of the time is kept for what can be said without the WAL.
  const read = wal && (await readBehind(client, wal, Math.ceil((left() * 2) / 3)));
  if (read) return read;
  const commits = await boundCommits(client, since, left());
  const walBytes = wal?.bytes ?? null;
  return { commits, exact: false, aborts: null, walBytes, tables: null, lastCommitAt: null, upTo };
}

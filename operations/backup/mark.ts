import type pg from "pg";
import type { BackupPoint } from "./point.ts";

/** Beats the heart of the database: a row that says how far the data is. @throws when the row is not there */
export async function beat(client: pg.Client): Promise<BackupPoint["heartbeat"]> {
  const { rows } = await client.query(
    "update switchback.heartbeat set seq = seq + 1, at = clock_timestamp() returning seq::int, at",
  );
  if (!rows[0]) throw new Error("expected the heartbeat's row, got none; run `up`, whose `database` step makes it");
  return { seq: rows[0].seq, at: rows[0].at.toISOString() };
}

/** Writes a restore point and ends its segment, so that it is archived now and not when it is full. */
export async function mark(client: pg.Client, name: string): Promise<{ lsn: string; segment: string; bytes: number }> {
  const { rows } = await client.query(
    "select lsn::text, pg_walfile_name(lsn) as segment from pg_create_restore_point($1) lsn",
    [name],
  );
  await client.query("select pg_switch_wal()");
  const size = await client.query("select setting::int as bytes from pg_settings where name = 'wal_segment_size'");
  return { ...rows[0], bytes: size.rows[0].bytes };
}

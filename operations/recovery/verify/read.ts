import type pg from "pg";
import { readSchema } from "../../migrations/schema-state.ts";

/** What a promoted generation says of itself. */
export interface Found {
  readonly timeline: number;
  /** Written up to there. */
  readonly lsn: string;
  /** As text: it does not fit a number. */
  readonly systemIdentifier: string;
  /** How its replay ended, from the history of its timeline; null: it never was restored. */
  readonly end: { readonly lsn: string; readonly why: string } | null;
  /** RFC 3339, of the last transaction that was replayed or made since the server started; null: none. */
  readonly lastCommit: string | null;
  readonly heartbeat: { readonly seq: number; readonly at: string } | null;
  /** Head of the schema; "": none. */
  readonly head: string;
  /** What was sorted by another version of its collation than the one that is installed. */
  readonly collations: readonly {
    readonly name: string;
    readonly recorded: string | null;
    readonly actual: string | null;
  }[];
}

/** Reads it as superuser, on a server that is not in recovery. */
export async function readFound(client: pg.Client): Promise<Found> {
  const { rows } = await client.query<Raw>(state);
  const { segment, history, ...facts } = rows[0]!;
  const timeline = Number.parseInt(segment.slice(0, 8), 16);
  const heartbeat = await readHeartbeat(client);
  const { head } = await readSchema(client);
  return { ...facts, timeline, end: parseHistory(history), heartbeat, head };
}

/**
 * The last line of a timeline's history: `1 <tab> 0/5000110 <tab> at restore point "safety-…"`.
 * @param text null: the timeline has none, because it is the first
 */
export function parseHistory(text: string | null): Found["end"] {
  const line = (text ?? "").split("\n").findLast((one) => /^\d+\t/.test(one));
  if (!line) return null;
  const [, lsn = "", ...why] = line.split("\t");
  return { lsn, why: why.join("\t").trim() };
}

async function readHeartbeat(client: pg.Client): Promise<Found["heartbeat"]> {
  const there = await client.query("select to_regclass('switchback.heartbeat') is not null as yes");
  if (!there.rows[0].yes) return null;
  const { rows } = await client.query<{ seq: number; at: Date }>("select seq::int, at from switchback.heartbeat");
  return rows[0] ? { seq: rows[0].seq, at: rows[0].at.toISOString() } : null;
}

interface Raw extends Pick<Found, "lsn" | "systemIdentifier" | "lastCommit" | "collations"> {
  readonly segment: string;
  readonly history: string | null;
}

// The control file still names the timeline before until the first checkpoint of the new one has ended.
const state = `
with wal as (select pg_current_wal_lsn() as lsn, pg_walfile_name(pg_current_wal_insert_lsn()) as segment),
used as (
  select c.oid, c.collname, c.collversion from pg_collation c where c.collversion is not null
    and exists (select from pg_depend d where d.refclassid = 'pg_collation'::regclass and d.refobjid = c.oid)),
differing as (
  select 'database ' || datname as name, datcollversion as recorded, pg_database_collation_actual_version(oid) as actual
    from pg_database where datallowconn
  union all
  select 'collation ' || collname, collversion, pg_collation_actual_version(oid) from used)
select wal.lsn::text as lsn, wal.segment,
  (select system_identifier::text from pg_control_system()) as "systemIdentifier",
  pg_read_file('pg_wal/' || left(wal.segment, 8) || '.history', true) as history,
  (select to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from pg_last_committed_xact()) as "lastCommit",
  (select coalesce(json_agg(differing), '[]') from differing where recorded is distinct from actual) as collations
from wal`;

import type pg from "pg";
import type { Since } from "../behind.ts";
import { limited } from "./limited.ts";

/**
 * The most transactions that can have committed: every number given out since then that has a commit timestamp, after the
 * moment where there is one. Savepoints, and what is ours but for the heartbeat, are among them. Without enough time, all
 * numbers given out count.
 */
export async function boundCommits(client: pg.Client, since: Since, milliseconds: number): Promise<number> {
  const { rows } = await client.query(range);
  const { oldest, next } = rows[0] as { oldest: string; next: string };
  const from = "lsn" in since && since.xid !== undefined && BigInt(since.xid) > BigInt(oldest) ? since.xid : oldest;
  const at = "at" in since ? since.at : "-infinity";
  const counted = await limited(client, milliseconds, counting, [from, next, at]);
  const commits = counted ? Number(counted[0]!.commits) : Number(BigInt(next) - BigInt(from));
  return Math.max(0, commits - (await beats(client, since)));
}

async function beats(client: pg.Client, since: Since): Promise<number> {
  if (!("lsn" in since) || since.heartbeat === undefined) return 0;
  const { rows } = await client.query("select seq::int from switchback.heartbeat");
  return Math.max(0, (rows[0]?.seq ?? 0) - since.heartbeat);
}

// The control file has the oldest one with 32 bits; it is less than 2^31 before the next.
const range = `
select next - ((next - oldest) % 4294967296 + 4294967296) % 4294967296 as oldest, next
from (select oldest_commit_ts_xid::text::bigint as oldest, pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next
      from pg_control_checkpoint()) known`;

const counting = `
select count(*) as commits from generate_series($1::bigint, $2::bigint - 1) number
where number % 4294967296 >= 3 and pg_xact_commit_timestamp((number % 4294967296)::text::xid) > $3::timestamptz`;

import type pg from "pg";
import { limited } from "./limited.ts";

/**
 * The most transactions that can have committed since a moment: those with a commit timestamp after it, which also have
 * savepoints and what is ours among them; without enough time, or without a moment, all numbers that were ever given out
 * and have one.
 * @param at RFC 3339; null: not known
 */
export async function boundCommits(client: pg.Client, at: string | null, milliseconds: number): Promise<number> {
  const { rows } = await client.query(range);
  const { oldest, next } = rows[0] as { oldest: string; next: string };
  const all = Number(BigInt(next) - BigInt(oldest));
  if (at === null) return all;
  const counted = await limited(client, milliseconds, counting, [oldest, next, at]);
  return counted ? Number(counted[0]!.commits) : all;
}

// The control file has the oldest one with 32 bits; it is less than 2^31 before the next.
const range = `
select next - ((next - oldest) % 4294967296 + 4294967296) % 4294967296 as oldest, next
from (select oldest_commit_ts_xid::text::bigint as oldest, pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next
      from pg_control_checkpoint()) known`;

const counting = `
select count(*) as commits from generate_series($1::bigint, $2::bigint - 1) number
where number % 4294967296 >= 3 and pg_xact_commit_timestamp((number % 4294967296)::text::xid) > $3::timestamptz`;

import type pg from "pg";
import type { Behind, Since, TableRows } from "../behind.ts";
import { limited } from "./limited.ts";
import { findStart, type WalFile } from "./segments.ts";

/** A stretch of the WAL that the server still has. */
export interface Wal {
  readonly from: string;
  readonly to: string;
  /** What was committed until then is not counted; null: everything from `from` on is. */
  readonly after: string | null;
  /** Known where the stretch begins exactly at what is asked; null: it begins before. */
  readonly bytes: number | null;
  /** Whether nothing of what is asked can lie before `from`. */
  readonly whole: boolean;
}

/** Position up to which everything is on the disk. */
export const flushed = async (client: pg.Client): Promise<string> =>
  (await client.query("select pg_current_wal_flush_lsn()::text as lsn")).rows[0].lsn;

/** The WAL to read up to a position; undefined: it is not in pg_wal any more. */
export async function findWal(client: pg.Client, since: Since, to: string): Promise<Wal | undefined> {
  if ("lsn" in since) {
    const { rows } = await client.query("select greatest(0, pg_wal_lsn_diff($1, $2)) as bytes", [to, since.lsn]);
    return { from: since.lsn, to, after: null, bytes: Number(rows[0].bytes), whole: true };
  }
  const { rows } = await client.query(
    "select pg_walfile_name($1) as name, setting::int as bytes from pg_settings where name = 'wal_segment_size'",
    [to],
  );
  const files = await client.query<WalFile>(
    `select name, modification as "at" from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'`,
  );
  const start = findStart(files.rows, rows[0].name, since.at, rows[0].bytes);
  return start && { from: start.lsn, to, after: since.at, bytes: null, whole: start.whole };
}

/** Reads a stretch of the WAL. @returns undefined when it is not there any more, or takes longer */
export async function readBehind(client: pg.Client, wal: Wal, milliseconds: number): Promise<Behind | undefined> {
  const found = wal.bytes === 0 ? [] : await limited(client, milliseconds, reading, [wal.from, wal.to, wal.after]);
  const nothing = { commits: 0, exact: true, aborts: 0, walBytes: wal.bytes ?? 0, tables: [], lastCommitAt: null };
  if (found?.length === 0) return { ...nothing, upTo: wal.to };
  const row = found?.[0];
  if (!row || (!wal.whole && !row.reaches)) return undefined;
  const last = row.last as Date | null;
  return {
    commits: Number(row.commits),
    exact: true,
    aborts: Number(row.aborts),
    walBytes: wal.bytes ?? Number(row.bytes ?? 0),
    tables: (row.tables ?? []) as TableRows[],
    lastCommitAt: last?.toISOString() ?? null,
    upTo: wal.to,
  };
}

// A transaction that ends after the start may have written before it: one of which no page is seen counts. Otherwise it
// counts when it changed rows or the catalog, and not only ours, what ANALYZE leaves, or what all databases share, which
// are roles and their settings. What touched the marker of the database's own set-up is ours altogether.
const reading = `
with ends as materialized (
  select start_lsn as lsn, record_type like 'COMMIT%' as committed,
    coalesce(substring(description from '^([0-9]+): '), xid::text) as top,
    (substring(description from '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+[+]00'))::timestamptz as at,
    coalesce(string_to_array(substring(description from '; subxacts: ([0-9]+(?: [0-9]+)*)'), ' '), '{}') as children
  from pg_get_wal_records_info($1, $2)
  where resource_manager = 'Transaction' and record_type in ('COMMIT', 'ABORT', 'COMMIT_PREPARED', 'ABORT_PREPARED')
), first as (
  select min(lsn) as lsn from ends where $3::timestamptz is null or (committed and at > $3::timestamptz)
), commits as materialized (
  select e.* from ends e, first f where e.committed and e.lsn >= f.lsn
), members as materialized (
  select top, unnest(array[top] || children) as xid from commits
), pages as materialized (
  select xid::text as xid, reltablespace, reldatabase, relfilenode,
    case when resource_manager in ('Heap', 'Heap2') then split_part(record_type, '+', 1) else '' end as kind,
    sum(coalesce(substring(description from 'ntuples: ([0-9]+)')::int, 1)) as rows
  from pg_get_wal_block_info($1, $2, false)
  where xid <> '0' and block_id = 0 group by 1, 2, 3, 4, 5
), relations as materialized (
  select f.*, r.relkind as kind, coalesce(o.oid, r.oid) as oid, coalesce(o.relnamespace, r.relnamespace) as namespace
  from (select distinct reltablespace, reldatabase, relfilenode from pages where kind <> '') f
  left join pg_class r on r.oid = pg_filenode_relation(f.reltablespace, f.relfilenode)
    and f.reldatabase in (0, (select oid from pg_database where datname = current_database()))
  left join pg_class o on o.reltoastrelid = r.oid and r.relkind = 't'
), judged as materialized (
  select m.top, count(p.xid) = 0
    or (bool_or(p.kind in ('INSERT', 'MULTI_INSERT', 'UPDATE', 'HOT_UPDATE', 'DELETE', 'TRUNCATE')
          and r.reldatabase <> 0 and coalesce(r.namespace <> to_regnamespace('switchback'), true)
          and coalesce(r.oid not in ('pg_statistic'::regclass, 'pg_statistic_ext_data'::regclass), true))
        and not coalesce(bool_or(r.oid = to_regclass('switchback.database_marker')), false)) as counts
  from members m left join pages p on p.xid = m.xid
  left join relations r using (reltablespace, reldatabase, relfilenode)
  group by m.top
), tables as (
  select format('%s.%s', n.nspname, c.relname) as "table",
    coalesce(sum(rows) filter (where p.kind in ('INSERT', 'MULTI_INSERT')), 0) as inserts,
    coalesce(sum(rows) filter (where p.kind in ('UPDATE', 'HOT_UPDATE')), 0) as updates,
    coalesce(sum(rows) filter (where p.kind = 'DELETE'), 0) as deletes
  from pages p join members m on m.xid = p.xid join judged j on j.top = m.top and j.counts
  join relations r using (reltablespace, reldatabase, relfilenode)
  join pg_class c on c.oid = r.oid join pg_namespace n on n.oid = c.relnamespace
  where r.kind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'switchback', 'switchback_kept')
    and p.kind in ('INSERT', 'MULTI_INSERT', 'UPDATE', 'HOT_UPDATE', 'DELETE')
  group by 1
)
select
  (select count(*) from judged where counts) as commits,
  (select count(*) from ends e, first f where not e.committed and e.lsn >= f.lsn) as aborts,
  (select pg_wal_lsn_diff($2, lsn) from first) as bytes,
  (select max(at) from commits join judged using (top) where counts) as last,
  (select bool_or(at <= $3::timestamptz) from ends where committed) as reaches,
  (select json_agg(t order by inserts + updates + deletes desc, "table") from tables t) as tables`;

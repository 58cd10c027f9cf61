import pg from "pg";
import type { TableContent } from "./point.ts";

/** What a row looks like as text must not depend on who asks. */
const pinned = {
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  extra_float_digits: "1",
  bytea_output: "hex",
  lc_monetary: "C",
  search_path: "",
  row_security: "off",
};

/** Pins the settings of a session on which equal rows have equal hashes. */
export async function pinSession(client: pg.Client): Promise<void> {
  for (const [name, value] of Object.entries(pinned))
    await client.query("select set_config($1, $2, false)", [name, value]);
}

/**
 * Counts and hashes every table of the application in the session's transaction, smallest first, until the time is used
 * up. What is left out is unknown, never wrong.
 */
export async function readContents(client: pg.Client, seconds: number): Promise<TableContent[]> {
  const found = await listTables(client);
  const end = performance.now() + seconds * 1000;
  const contents: TableContent[] = [];
  for (const { schema, name } of found) contents.push(await readTable(client, schema, name, end - performance.now()));
  return contents.sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** Tables of the application, smallest first. */
export const listTables = async (client: pg.Client): Promise<{ schema: string; name: string }[]> =>
  (await client.query<{ schema: string; name: string }>(tables)).rows;

/**
 * Counts and hashes one table in the session's transaction, which goes on whatever happens; unknown when the time is up.
 * @throws when it cannot be read
 */
export async function readTable(
  client: pg.Client,
  schema: string,
  name: string,
  milliseconds: number,
): Promise<TableContent> {
  const table = `${schema}.${name}`;
  const unknown = { table, rows: null, hash: null };
  if (milliseconds < 1) return unknown;
  const relation = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
  await client.query(`savepoint content; set local statement_timeout = ${Math.ceil(milliseconds)}`);
  try {
    const { rows } = await client.query(
      `select count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as hash from ${relation} t`,
    );
    await client.query("release content; set local statement_timeout = 0");
    return { table, rows: Number(rows[0].rows), hash: rows[0].hash };
  } catch (error) {
    await client.query("rollback to content; set local statement_timeout = 0");
    if ((error as { code?: string }).code === queryCanceled) return unknown;
    throw error;
  }
}

const queryCanceled = "57014";

// A partitioned table's rows are those of its partitions; unlogged and temporary ones are in no backup.
const tables = `
select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'p'
  and n.nspname not in ('pg_catalog', 'information_schema', 'switchback', 'switchback_kept') and n.nspname !~ '^pg_toast'
order by pg_relation_size(c.oid), 1, 2`;

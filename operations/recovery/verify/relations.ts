import type pg from "pg";

/** What was found wrong in a relation, told as its table. */
export interface Finding {
  /** `schema.table`; a path, when it is no relation of this database. */
  readonly table: string;
  readonly detail: string;
}

/**
 * Tables that relations belong to: an index or a TOAST table to the one that has it, everything else to itself.
 * @param relations `schema.relation`
 */
export async function tablesOf(client: pg.Client, relations: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ relation: string; table: string }>(
    `select relation, "table" from (${owned}) found where relation = any($1)`,
    [relations],
  );
  return new Map(rows.map(({ relation, table }) => [relation, table]));
}

/**
 * Tables whose data is in files of the data directory.
 * @param files such as `./base/16384/16389.1_fsm`
 */
export async function tablesInFiles(client: pg.Client, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const file of files) {
    const { database, filenode } = parseFile(file) ?? {};
    if (filenode === undefined) continue;
    const { rows } = await client.query<{ table: string }>(
      `select "table" from (${owned}) found join pg_class c on c.oid = found.oid
        where pg_relation_filenode(c.oid) = $1
          and case when c.relisshared then $2 = 0 else $2 = (select oid from pg_database where datname = current_database()) end`,
      [filenode, database],
    );
    if (rows[0]) found.set(file, rows[0].table);
  }
  return found;
}

/** Ids of a relation's file: of its database, 0 for what all share, and of the file. */
export function parseFile(file: string): { database: number; filenode: number } | undefined {
  const own = /(?:^|\/)(\d+)\/(\d+)(?:_[a-z]+)?(?:\.\d+)?$/.exec(file);
  if (own) return { database: Number(own[1]), filenode: Number(own[2]) };
  const shared = /(?:^|\/)global\/(\d+)(?:_[a-z]+)?(?:\.\d+)?$/.exec(file);
  return shared ? { database: 0, filenode: Number(shared[1]) } : undefined;
}

const owned = `
select c.oid, n.nspname || '.' || c.relname as relation,
  (select tn.nspname || '.' || t.relname from pg_class t join pg_namespace tn on tn.oid = t.relnamespace
    where t.oid = coalesce(toasted.oid, i.indrelid, c.oid)) as "table"
from pg_class c join pg_namespace n on n.oid = c.relnamespace
  left join pg_index i on i.indexrelid = c.oid
  left join pg_class toasted on toasted.reltoastrelid = coalesce(i.indrelid, c.oid)`;

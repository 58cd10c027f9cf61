import pg from "pg";
import { tableName, type WantedTable } from "./goal.ts";

/** A column that can be written. */
export interface Column {
  readonly name: string;
  /** It has to be given: not null, and nothing fills it. */
  readonly required: boolean;
}

/** An index or constraint that no two rows may share. */
export interface Unique {
  readonly name: string;
  /** Expressions over the table's columns. */
  readonly expressions: readonly string[];
  /** Rows that it is about; null: all. */
  readonly predicate: string | null;
  /** Two nulls are the same. */
  readonly nullsEqual: boolean;
}

/** A foreign key. */
export interface Reference {
  readonly name: string;
  readonly columns: readonly string[];
  /** The table that it points to, quoted, and as a name. */
  readonly relation: string;
  readonly table: string;
  readonly keys: readonly string[];
}

/** A table of the generation that serves, as far as writing to it needs it. */
export interface Shape {
  /** `schema.table` */
  readonly table: string;
  /** The same, quoted. */
  readonly relation: string;
  readonly owner: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /** Besides the key. */
  readonly uniques: readonly Unique[];
  readonly references: readonly Reference[];
  /** Rising sequences that fill a column, and the column. */
  readonly sequences: readonly { readonly column: string; readonly sequence: string }[];
}

/** Reads what writing to a table needs. @throws when there is no such table, or nothing that tells its rows apart */
export async function readShape(client: pg.Client, wanted: WantedTable): Promise<Shape> {
  const table = tableName(wanted);
  const relation = relationOf(wanted);
  const { rows } = await client.query<Raw>(shape, [relation]);
  const found = rows[0];
  if (!found) {
    throw new Error(
      `expected a table ${table} in the generation that serves, got none; make it first, with what \`pg_dump --schema-only --table=${table}\` prints in the other one`,
    );
  }
  if (found.key === null) {
    throw new Error(
      `expected a primary key of ${table} that is not deferrable, got none; without it no row can be told from another`,
    );
  }
  return { ...found, key: found.key, table, relation };
}

/** Columns that a table has in the generation from which is read, generated ones left out; null: there is no such table. */
export async function readColumns(client: pg.Client, wanted: WantedTable): Promise<string[] | null> {
  const { rows } = await client.query<{ columns: string[] | null }>(
    `select (select json_agg(attname order by attnum) from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns
      from pg_class c where c.oid = to_regclass($1) and c.relkind in ('r', 'p')`,
    [relationOf(wanted)],
  );
  return rows[0] ? (rows[0].columns ?? []) : null;
}

export const relationOf = ({ schema, name }: WantedTable): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;

interface Raw extends Omit<Shape, "table" | "relation" | "key"> {
  readonly key: string[] | null;
}

const names = (numbers: string, relation: string) => `
  (select json_agg(a.attname order by n.at) from unnest(${numbers}) with ordinality n(attnum, at)
    join pg_attribute a on a.attrelid = ${relation} and a.attnum = n.attnum)`;

const shape = `
select pg_get_userbyid(c.relowner) as owner,
  (select coalesce(json_agg(json_build_object('name', attname,
      'required', attnotnull and not atthasdef and attidentity = '') order by attnum), '[]')
    from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
  (select ${names("(i.indkey::int2[])[0:i.indnkeyatts - 1]", "c.oid")} from pg_index i
    where i.indrelid = c.oid and i.indisprimary and i.indimmediate) as key,
  (select coalesce(json_agg(json_build_object('name', x.relname,
      'expressions', (select json_agg(pg_get_indexdef(i.indexrelid, n, true) order by n) from generate_series(1, i.indnkeyatts) n),
      'predicate', pg_get_expr(i.indpred, i.indrelid), 'nullsEqual', i.indnullsnotdistinct) order by x.relname), '[]')
    from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisunique and not i.indisprimary and i.indisvalid) as uniques,
  (select coalesce(json_agg(json_build_object('name', f.conname,
      'columns', ${names("f.conkey", "f.conrelid")}, 'keys', ${names("f.confkey", "f.confrelid")},
      'relation', format('%I.%I', n.nspname, t.relname), 'table', n.nspname || '.' || t.relname) order by f.conname), '[]')
    from pg_constraint f join pg_class t on t.oid = f.confrelid join pg_namespace n on n.oid = t.relnamespace
    where f.conrelid = c.oid and f.contype = 'f' and f.conparentid = 0) as references,
  (select coalesce(json_agg(distinct jsonb_build_object('column', a.attname,
      'sequence', format('%I.%I', n.nspname, s.relname))), '[]')
    from pg_attribute a
      left join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
      join pg_depend d on (d.classid = 'pg_attrdef'::regclass and d.objid = ad.oid and d.refclassid = 'pg_class'::regclass)
        or (d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = a.attrelid
          and d.refobjsubid = a.attnum and d.deptype in ('a', 'i'))
      join pg_class s on s.relkind = 'S' and s.oid = case when d.classid = 'pg_class'::regclass then d.objid else d.refobjid end
      join pg_sequence q on q.seqrelid = s.oid and q.seqincrement > 0
      join pg_namespace n on n.oid = s.relnamespace
    where a.attrelid = c.oid and a.attnum > 0 and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)) as sequences
from pg_class c where c.oid = to_regclass($1) and c.relkind in ('r', 'p')`;

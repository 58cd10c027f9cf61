import pg from "pg";
import { type Staged, sameKey, verdict, why } from "./stage.ts";
import type { Written } from "./write.ts";

/** Rows that cannot be written, for one reason. */
export interface Conflict {
  /** Such as `unique orders_code_key` or `foreign key orders_customer_fkey`. */
  readonly why: string;
  readonly rows: number;
  /** Keys of some of them. */
  readonly such: readonly string[];
}

/** What was found of a table, and, after a write, what was done. */
export interface TableTally {
  /** `schema.table` */
  readonly table: string;
  /** Rows that were read. */
  readonly rows: number;
  readonly missing: number;
  /** Rows with other values than now. */
  readonly changed: number;
  readonly same: number;
  readonly conflicts: readonly Conflict[];
  /** Rows that only the generation that serves has, which stay; null: not asked, only some rows were read. */
  readonly only: number | null;
  readonly leftOut: readonly string[];
  readonly written: Written | null;
}

/** Counts what was marked. */
export async function tally(client: pg.Client, { plan, stage, rows }: Staged): Promise<TableTally> {
  const { shape, wanted, leftOut } = plan;
  const key = shape.key.map(pg.escapeIdentifier).join(", ");
  const { rows: groups } = await client.query<{ verdict: string; why: string | null; rows: number; such: string[] }>(
    `select ${verdict} as verdict, ${why} as why, count(*)::int as rows,
       (array_agg(concat_ws(', ', ${key}) order by ${key}))[1:5] as such
     from ${stage} group by 1, 2 order by 2`,
  );
  const count = (name: string) => groups.find((group) => group.verdict === name)?.rows ?? 0;
  const conflicts = groups.flatMap((group) => (group.why === null ? [] : [{ ...group, why: group.why }]));
  return {
    table: shape.table,
    rows,
    missing: count("missing"),
    changed: count("changed"),
    same: count("same"),
    conflicts: conflicts.map(({ why: reason, rows: number, such }) => ({ why: reason, rows: number, such })),
    only: wanted.query === null ? await countOnly(client, shape.relation, stage, shape.key) : null,
    leftOut,
    written: null,
  };
}

async function countOnly(client: pg.Client, relation: string, stage: string, key: readonly string[]): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::int as rows from ${relation} t where not exists (select from ${stage} s where ${sameKey(key)})`,
  );
  return rows[0].rows;
}

import pg from "pg";
import { pinSession } from "../backup/contents.ts";
import { copyRows } from "./copy.ts";
import type { TablePlan } from "./plan.ts";
import { relationOf } from "./shape.ts";

/** A table's rows beside it, in a temporary table that ends with the transaction. */
export interface Staged {
  readonly plan: TablePlan;
  /** The temporary table, quoted. */
  readonly stage: string;
  readonly rows: number;
}

/** Pins what values look like as text, but for where names are found, which is the application's business. */
export async function pinText(client: pg.Client): Promise<void> {
  await pinSession(client);
  await client.query("reset search_path");
}

/**
 * Copies the rows of a table beside it and finds out which of them are missing, changed or the same.
 * @throws when the rows do not tell themselves apart
 */
export async function stageTable(source: pg.Client, target: pg.Client, plan: TablePlan, at: number): Promise<Staged> {
  const { shape, wanted } = plan;
  const stage = `pg_temp.switchback_rows_${at}`;
  await target.query(`set local role ${pg.escapeIdentifier(shape.owner)}`);
  await target.query(
    `create temporary table switchback_rows_${at} (like ${shape.relation} including defaults including generated including identity) on commit drop`,
  );
  await target.query(`alter table ${stage} add column ${verdict} text, add column ${why} text`);
  const columns = plan.columns.map(pg.escapeIdentifier);
  const select = `select ${columns.join(", ")} from ${wanted.query === null ? relationOf(wanted) : `(${wanted.query}\n) rows`}`;
  const rows = await copyRows(source, select, target, stage, columns);
  await target.query(`analyze ${stage}`);
  await assertDistinct(target, plan, stage);
  await target.query(compareWithLive(plan, stage));
  await target.query("reset role");
  return { plan, stage, rows };
}

// Names that no column of the application has.
export const verdict = `"switchback verdict"`;
export const why = `"switchback why"`;

async function assertDistinct(client: pg.Client, { shape }: TablePlan, stage: string): Promise<void> {
  const key = shape.key.map(pg.escapeIdentifier);
  const { rows } = await client.query(
    `select count(*)::int as keys from (select from ${stage} group by ${key.join(", ")} having count(*) > 1) twice`,
  );
  if (rows[0].keys === 0) return;
  throw new Error(
    `expected each row of ${shape.table} once by its key (${shape.key.join(", ")}), got ${rows[0].keys} keys more than once; change the query`,
  );
}

/** As text, because not every type can be compared, and text is what is copied. */
const compareWithLive = ({ shape, columns }: TablePlan, stage: string): string => {
  const list = (alias: string) => columns.map((name) => `${alias}.${pg.escapeIdentifier(name)}`).join(", ");
  return `
update ${stage} s set ${verdict} = coalesce((
  select case when row(${list("t")})::text = row(${list("s")})::text then 'same' else 'changed' end
  from ${shape.relation} t where ${sameKey(shape.key)}), 'missing')`;
};

export const sameKey = (key: readonly string[]): string =>
  key.map((name) => `t.${pg.escapeIdentifier(name)} = s.${pg.escapeIdentifier(name)}`).join(" and ");

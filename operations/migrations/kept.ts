import pg from "pg";
import type { Migration } from "../../stacks/lineage.ts";
import { countTarget, type Loss, type LossTarget, lookFor, lossTarget } from "./losses.ts";

const kept = "switchback_kept";

interface Column {
  readonly name: string;
  /** Type as SQL. */
  readonly type: string;
  /** Whether the server itself brings the type; others may go with the migration, and are kept as text. */
  readonly builtIn: boolean;
  readonly key: boolean;
}

/**
 * Counts what the down of a migration loses and keeps it, with the rows' keys, in `switchback_kept.<migration>` (of several
 * tables: `switchback_kept.<migration>.<table>`). Runs in the transaction, before the down.
 * @param taken false: whether the step takes place is not known yet
 * @throws when a mark is wrong, or a table has no primary key by which values could be put back
 */
export async function keepLosses(
  client: pg.ClientBase,
  { id, name, loses }: Migration,
  taken = true,
): Promise<readonly Loss[]> {
  const targets = loses.map(lossTarget);
  for (const target of targets) {
    const there = await lookFor(client, target);
    if (there.table && (there.column || target.column === undefined)) continue;
    throw new Error(
      `${name}: expected \`loses\` to name what is in the database, got ${target.entry}; correct the mark`,
    );
  }
  const losses: Loss[] = [];
  const tables = [...new Set(targets.map(({ table }) => table))];
  await client.query(`create schema if not exists ${kept}`);
  for (const [position, table] of tables.entries()) {
    // Nothing may be written between the count and the down.
    await client.query(`lock table ${table} in access exclusive mode`);
    const mine = targets.filter((target) => target.table === table);
    for (const target of mine)
      losses.push({ migration: id, column: target.entry, values: await countTarget(client, target) });
    const lost = losses.filter(({ column }) => mine.some(({ entry }) => entry === column));
    const total = lost.reduce((sum, { values }) => sum + values, 0);
    if (total > 0)
      await keepTable(client, { id, position, table, relation: relationOf(id, table, tables), taken }, mine, total);
  }
  return losses;
}

/** Puts back what was kept of a migration, last table first, and drops the kept copies. @returns values put back */
export async function restoreKept(client: pg.ClientBase, { id, name }: Migration): Promise<number> {
  const { rows } = await client.query<{ target: string; relation: string; columns: string[] }>(
    "select target, relation, columns from switchback.kept where migration = $1 and taken order by position desc",
    [id],
  );
  let restored = 0;
  for (const { target, relation, columns } of rows) {
    try {
      restored += await restoreTable(client, target, relation, columns);
      await client.query(`drop table ${relation}`);
    } catch (error) {
      throw new Error(
        `expected to put the values of ${relation} back into ${target} after ${name}, got: ${(error as Error).message}; to leave them out: delete from switchback.kept where migration = '${id}'`,
        { cause: error },
      );
    }
  }
  await client.query("delete from switchback.kept where migration = $1", [id]);
  return restored;
}

/** Says that a step back took place: what was kept for it is what is left of its values. */
export const markTaken = async (client: pg.ClientBase, id: string): Promise<void> =>
  void (await client.query("update switchback.kept set taken = true where migration = $1", [id]));

/** Drops what was kept for a step back that then did not take place. */
export async function discardKept(client: pg.ClientBase, id: string): Promise<void> {
  const { rows } = await client.query<{ relation: string }>(
    "delete from switchback.kept where migration = $1 and not taken returning relation",
    [id],
  );
  for (const { relation } of rows) await client.query(`drop table ${relation}`);
}

interface Keep {
  readonly id: string;
  readonly position: number;
  readonly table: string;
  readonly relation: string;
  readonly taken: boolean;
}

async function keepTable(
  client: pg.ClientBase,
  { id, position, table, relation, taken }: Keep,
  targets: readonly LossTarget[],
  lost: number,
): Promise<void> {
  const columns = await columnsOf(client, table);
  const names = targets.flatMap(({ column }) => column ?? []);
  const whole = targets.some(({ column }) => column === undefined);
  const key = columns.filter((column) => column.key);
  if (!whole && key.length === 0)
    throw new Error(
      `expected a primary key in ${table}, by which ${names.join(", ")} could be put back, got none; add one, or mark the migration irreversible`,
    );
  const chosen = whole ? columns : columns.filter((column) => column.key || names.includes(column.name));
  const some = names.map((name) => `${pg.escapeIdentifier(name)} is not null`).join(" or ");
  await client.query(
    `create table ${relation} as select ${chosen.map(keptAs).join(", ")} from ${table} ${whole ? "" : `where ${some}`}`,
  );
  await client.query(
    `insert into switchback.kept (migration, position, target, relation, columns, lost, taken)
       values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, position, table, relation, whole ? [] : names, lost, taken],
  );
}

const keptAs = ({ name, builtIn }: Column) => {
  const quoted = pg.escapeIdentifier(name);
  return builtIn ? quoted : `${quoted}::text as ${quoted}`;
};

/** @param names the columns to put back; none: whole rows */
async function restoreTable(
  client: pg.ClientBase,
  table: string,
  relation: string,
  names: readonly string[],
): Promise<number> {
  const there = await columnsOf(client, relation);
  const columns = (await columnsOf(client, table)).filter(({ name }) => there.some((other) => other.name === name));
  const value = ({ name, type, builtIn }: Column) => `k.${pg.escapeIdentifier(name)}${builtIn ? "" : `::${type}`}`;
  if (names.length === 0) {
    const list = columns.map(({ name }) => pg.escapeIdentifier(name)).join(", ");
    const { rowCount } = await client.query(
      `insert into ${table} (${list}) overriding system value select ${columns.map(value).join(", ")} from ${relation} k`,
    );
    await advanceSequences(client, table);
    return rowCount ?? 0;
  }
  const lost = columns.filter(({ name }) => names.includes(name));
  const set = lost.map((column) => `${pg.escapeIdentifier(column.name)} = ${value(column)}`).join(", ");
  const same = columns
    .filter(({ key }) => key)
    .map((column) => `t.${pg.escapeIdentifier(column.name)} = ${value(column)}`)
    .join(" and ");
  const counted = lost.map(({ name }) => `count(k.${pg.escapeIdentifier(name)})`).join(" + ");
  const { rows } = await client.query<{ restored: string }>(
    `select ${counted} as restored from ${table} t join ${relation} k on ${same}`,
  );
  await client.query(`update ${table} t set ${set} from ${relation} k where ${same}`);
  return Number(rows[0]?.restored);
}

/** Columns that hold a value of their own, with their types, in order. */
async function columnsOf(client: pg.ClientBase, table: string): Promise<readonly Column[]> {
  const { rows } = await client.query<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type,
        typnamespace = 'pg_catalog'::regnamespace as "builtIn",
        exists (select 1 from pg_index where indrelid = attrelid and indisprimary and attnum = any(indkey)) as key
      from pg_attribute join pg_type on pg_type.oid = atttypid
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return rows;
}

/** Rows that were put back have taken numbers that a sequence would give again. */
async function advanceSequences(client: pg.ClientBase, table: string): Promise<void> {
  const { rows } = await client.query<{ name: string; sequence: string }>(
    `select attname as name, pg_get_serial_sequence($1, attname) as sequence from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and pg_get_serial_sequence($1, attname) is not null`,
    [table],
  );
  for (const { name, sequence } of rows)
    await client.query(
      `select setval($1, greatest((select max(${pg.escapeIdentifier(name)}) from ${table}), 1)) where exists (select 1 from ${table})`,
      [sequence],
    );
}

const relationOf = (id: string, table: string, all: readonly string[]) =>
  `${kept}.${pg.escapeIdentifier(all.length === 1 ? id : `${id}.${table.replaceAll('"', "")}`)}`;

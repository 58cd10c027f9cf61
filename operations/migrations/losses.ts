import pg from "pg";
import { withApplied } from "../../stacks/lineage/applied.ts";
import { knows, type Lineage, stepsBetween } from "../../stacks/lineage.ts";
import { readSchema } from "./schema-state.ts";

/** What going back over a migration loses of one column, or of whole rows. */
export interface Loss {
  readonly migration: string;
  /** As in `loses`: `orders.discount_cents`, or `orders` for rows. */
  readonly column: string;
  /** Values that are not null, or rows. */
  readonly values: number;
}

/** What an entry of `loses` names. */
export interface LossTarget {
  readonly entry: string;
  /** Table, quoted, with its schema where the entry has one. */
  readonly table: string;
  /** undefined: whole rows. */
  readonly column: string | undefined;
}

/** `orders`, `orders.price`, `billing.orders.*` or `billing.orders.price`. */
export function lossTarget(entry: string): LossTarget {
  const parts = entry.split(".");
  const column = parts.length > 1 ? parts.pop() : undefined;
  const table = parts.map((part) => pg.escapeIdentifier(part)).join(".");
  return { entry, table, column: column === "*" ? undefined : column };
}

/**
 * Counts, without writing, what going from one head to another would lose. A column that only appears on the way (a
 * migration that runs before brings it back) counts as one value per row.
 * @param timeoutMs longest time for each count: a long one would stand in the way of a migration
 * @throws for a head that neither the lineage nor the database knows, and when a count takes too long
 */
export async function countLosses(
  client: pg.ClientBase,
  lineage: Lineage,
  from: string,
  to: string,
  timeoutMs = 1500,
): Promise<readonly Loss[]> {
  const whole = knows(lineage, from) ? lineage : withApplied(lineage, (await readSchema(client)).applied, []);
  const { direction, migrations } = stepsBetween(whole, from, to);
  if (direction !== "down") return [];
  const targets = migrations
    .filter(({ down }) => down === "lossy")
    .flatMap(({ id, loses }) => loses.map((column) => ({ migration: id, column })));
  await client.query(`begin read only; set local statement_timeout = ${Math.round(timeoutMs)}`);
  try {
    const losses: Loss[] = [];
    for (const target of targets)
      losses.push({ ...target, values: await countTarget(client, lossTarget(target.column)) });
    return losses;
  } finally {
    await client.query("rollback");
  }
}

/** Whether there is such a table, and in it such a column. */
export async function lookFor(
  client: pg.ClientBase,
  { table, column }: LossTarget,
): Promise<{ readonly table: boolean; readonly column: boolean }> {
  const { rows } = await client.query<{ table: boolean; column: boolean }>(
    `select to_regclass($1) is not null as table, exists (
       select 1 from pg_attribute where attrelid = to_regclass($1) and attname = $2 and not attisdropped) as column`,
    [table, column ?? ""],
  );
  return rows[0]!;
}

/** Rows, or values that are not null; every row for a column that is not there, 0 where there is no such table. */
export async function countTarget(client: pg.ClientBase, target: LossTarget): Promise<number> {
  const there = await lookFor(client, target);
  if (!there.table) return 0;
  const what = target.column !== undefined && there.column ? pg.escapeIdentifier(target.column) : "*";
  const { rows } = await client.query<{ count: string }>(`select count(${what}) from ${target.table}`);
  return Number(rows[0]?.count);
}

import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from, to } from "pg-copy-streams";

/**
 * Streams the rows of a query on one connection into a table on another one; nothing is kept in memory.
 * @returns how many
 */
export async function copyRows(
  source: pg.Client,
  select: string,
  target: pg.Client,
  relation: string,
  columns: readonly string[],
): Promise<number> {
  const out = source.query(to(`copy (${select}) to stdout`));
  const into = target.query(from(`copy ${relation} (${columns.join(", ")}) from stdin`));
  await pipeline(out, into);
  return into.rowCount;
}

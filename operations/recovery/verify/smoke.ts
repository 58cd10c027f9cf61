import pg from "pg";
import { type Check, no, yes } from "./check.ts";

const timeoutMilliseconds = 5000;

/**
 * Runs the release's own checks as the owner of the database, each in a read-only transaction with a time limit.
 * A query passes when it returns one row whose first column is true.
 */
export async function runSmoke(client: pg.Client, queries: readonly string[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [index, query] of queries.entries()) checks.push(await runQuery(client, query, index));
  return checks;
}

/** Runs one of them; `index` is its own in this session. */
export async function runQuery(client: pg.Client, query: string, index: number): Promise<Check> {
  const name = `smoke query \`${query.replace(/\s+/g, " ").trim().slice(0, 120)}\``;
  const { rows } = await client.query(
    "select pg_get_userbyid(datdba) as owner from pg_database where datname = current_database()",
  );
  await client.query("begin read only");
  try {
    await client.query(`set local role ${pg.escapeIdentifier(rows[0].owner)}`);
    await client.query(`set local statement_timeout = ${timeoutMilliseconds}`);
    // A named statement is a single one: no text can end the transaction and write after it.
    const result = await client.query<unknown[]>({ name: `smoke ${index}`, text: query, rowMode: "array" });
    return judgeSmoke(name, result.rows);
  } catch (error) {
    return no(name, "true", `an error: ${(error as Error).message}`);
  } finally {
    await client.query("rollback");
  }
}

/** Pure, for its tests. */
export function judgeSmoke(name: string, rows: readonly (readonly unknown[])[]): Check {
  if (rows.length !== 1) return no(name, "one row", `${rows.length}`);
  const value = rows[0]?.[0];
  return value === true ? yes(name, "true") : no(name, "true", JSON.stringify(value) ?? "no column");
}

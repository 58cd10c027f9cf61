import pg from "pg";
import { readPoints } from "../../backup/catalogue.ts";
import type { BackupPoint } from "../../backup/point.ts";
import { readCatalogue } from "../../generations/catalogue.ts";
import { originOf } from "../../recovery/verify/by-hand.ts";
import { type Check, judged, ok, unknown } from "../check.ts";
import type { Context } from "../context.ts";
import { inOwnSession } from "../in-database.ts";

const name = "rows";

/** Rows of each table against the last backup point of this generation, else the one that it was restored to. */
export const checkRows = (context: Context): Promise<Check[]> =>
  inOwnSession(context, [name], async (client, container) => {
    const point = await comparedWith(context, container.slice(`${context.stack}-database-`.length));
    if (!point) return [ok(name, "no backup point yet to compare with")];
    const live = await countRows(client, point, context.depth === "quick" ? 1 : 60);
    return [judgeRows(point, live, context.expectation.thresholds.rowLossPercent, context.stack)];
  });

async function comparedWith({ docker, stack }: Context, generation: string): Promise<BackupPoint | undefined> {
  const [points, catalogue] = await Promise.all([readPoints(docker, stack), readCatalogue(docker, stack)]);
  const own = points.findLast((point) => point.generation === generation);
  if (own || !catalogue) return own;
  const origin = originOf(catalogue, generation).point;
  return points.find((point) => point.name === origin);
}

export interface LiveRows {
  readonly head: string;
  /** By table: null: it is not there. An estimate where there was no time to count. */
  readonly rows: ReadonlyMap<string, { readonly count: number; readonly exact: boolean } | null>;
}

/** Counts the tables of a point, smallest first, until the time is used up; PostgreSQL's estimate stands for the others. */
async function countRows(client: pg.Client, point: BackupPoint, seconds: number): Promise<LiveRows> {
  const end = performance.now() + seconds * 1000;
  const head = await client
    .query("select id from switchback.migrations order by position desc limit 1")
    .catch(() => null);
  const tables = point.contents.map(({ table }) => table);
  const { rows: found } = await client.query<{ table: string; estimate: number }>(
    `select n.nspname || '.' || c.relname as table, greatest(c.reltuples, 0)::float8 as estimate
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname || '.' || c.relname = any($1) order by pg_relation_size(c.oid)`,
    [tables],
  );
  const rows: [string, { count: number; exact: boolean } | null][] = tables.map((table) => [table, null]);
  const counts = new Map(rows);
  for (const { table, estimate } of found) {
    const left = end - performance.now();
    counts.set(table, (left > 1 ? await count(client, table, left) : undefined) ?? { count: estimate, exact: false });
  }
  return { head: head?.rows[0]?.id ?? "", rows: counts };
}

async function count(client: pg.Client, table: string, milliseconds: number) {
  const [schema = "", ...rest] = table.split(".");
  const relation = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(rest.join("."))}`;
  await client.query(`set statement_timeout = ${Math.ceil(milliseconds)}`);
  try {
    const { rows } = await client.query<{ count: string }>(`select count(*) from ${relation}`);
    return { count: Number(rows[0]!.count), exact: true };
  } catch {
    return undefined;
  } finally {
    await client.query("set statement_timeout = 0");
  }
}

/** Fewer rows than the threshold lets go, or none where there were some. Tables that a migration took are not asked for. */
export function judgeRows(point: BackupPoint, live: LiveRows, lossPercent: number, stack: string): Check {
  const known = point.contents.filter((content) => content.rows !== null) as { table: string; rows: number }[];
  const moved = live.head !== point.head;
  const compared = known.filter(({ table }) => !moved || live.rows.get(table));
  const lost = compared.flatMap(({ table, rows }) => {
    const now = live.rows.get(table);
    if (!now) return [`${table} is gone`];
    const missing = rows - now.count;
    return rows > 0 && missing > 0 && (missing * 100) / rows >= lossPercent ? [`${table} ${now.count} of ${rows}`] : [];
  });
  const threshold = `less than ${lossPercent} % fewer than at ${point.name}`;
  if (known.length === 0 && point.contents.length > 0)
    return unknown(name, `nothing was counted at ${point.name}`, "raise database.backup.countSeconds");
  const about = compared.filter(({ table }) => live.rows.get(table)?.exact === false).length;
  const value = `${compared.length} tables${about > 0 ? `, ${about} of them by estimate` : ""}`;
  const remedy = `\`switchback audit --stack ${stack}\`; docs/recovery.md: rows that a statement deleted come back with \`targetTime\`, or one table alone with \`switchback recover-rows\``;
  return judged(lost.length === 0, name, lost.join(", ") || value, threshold, remedy);
}

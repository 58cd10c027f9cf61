import type Docker from "dockerode";
import type pg from "pg";
import { listTables, pinSession, readTable } from "../../backup/contents.ts";
import type { BackupPoint, TableContent } from "../../backup/point.ts";
import { execOk } from "../../live/docker.ts";
import { type Check, no, unknown, yes } from "./check.ts";
import type { Finding } from "./relations.ts";

const name = "rows";
/** Of one table: PostgreSQL's own limit is some 24 days. */
const tableMilliseconds = 24 * 3600 * 1000;

export interface RowsRead {
  readonly contents: readonly TableContent[];
  /** Tables that could not be read to their end. */
  readonly unreadable: readonly Finding[];
}

/** Counts and hashes every table of the application. One that cannot be read is a finding, and hides no other. */
export async function readRows(client: pg.Client): Promise<RowsRead> {
  await pinSession(client);
  const contents: TableContent[] = [];
  const unreadable: Finding[] = [];
  for (const table of await listTables(client)) {
    await client.query("begin read only");
    try {
      contents.push(await readTable(client, table.schema, table.name, tableMilliseconds));
    } catch (error) {
      unreadable.push({ table: `${table.schema}.${table.name}`, detail: (error as Error).message });
    }
    await client.query("rollback");
  }
  return { contents, unreadable };
}

/**
 * What was read, held against a backup point.
 * @param untouched nobody has written since the restore: else a difference may be a write, and is unknown. Pure
 */
export function judgeRows(
  { contents, unreadable }: RowsRead,
  point: Pick<BackupPoint, "name" | "contents"> | null,
  untouched: boolean,
): { check: Check; findings: readonly Finding[] } {
  const broken = unreadable.map(({ table }) => table);
  if (broken.length > 0)
    return { check: no(name, "every row to be read", `errors in ${list(broken)}`), findings: unreadable };
  const total = contents.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  const read = `${total} rows in ${contents.length} tables read`;
  if (!point) return { check: unknown(name, `${read}; no backup point to compare them with`), findings: [] };
  const { differences, uncounted } = compare(point.contents, contents);
  const rest = uncounted.length > 0 ? `; not counted at ${point.name}: ${list(uncounted)}` : "";
  const found = list(differences.map(({ table, detail }) => `${table}: ${detail}`));
  if (differences.length > 0 && untouched)
    return { check: no(name, `those of ${point.name}`, found), findings: differences };
  if (differences.length > 0) {
    const why = "it has served since, so that these may be writes";
    return { check: unknown(name, `${read}; other than at ${point.name}: ${found}; ${why}${rest}`), findings: [] };
  }
  const check = uncounted.length < point.contents.length ? yes : unknown;
  return { check: check(name, `${read}; as at ${point.name}${rest}`), findings: [] };
}

/** What two moments have that is not the same, by table; what one of them does not know is no difference. Pure. */
export function compare(
  recorded: readonly TableContent[],
  got: readonly TableContent[],
): { differences: Finding[]; uncounted: string[] } {
  const now = new Map(got.map((content) => [content.table, content]));
  const then = new Set(recorded.map(({ table }) => table));
  const differences = recorded.flatMap((content) => {
    const detail = difference(content, now.get(content.table));
    return detail === null ? [] : [{ table: content.table, detail }];
  });
  const added = got.filter(({ table }) => !then.has(table));
  return {
    differences: [
      ...differences,
      ...added.map(({ table, rows }) => ({
        table,
        detail: `a table that was not there, with ${counted(rows)}`,
      })),
    ],
    uncounted: recorded.filter(({ rows }) => rows === null).map(({ table }) => table),
  };
}

function difference(recorded: TableContent, got: TableContent | undefined): string | null {
  if (!got) return `the table is missing, with ${counted(recorded.rows)}`;
  if (recorded.rows === null || got.rows === null) return null;
  const more = got.rows - recorded.rows;
  if (more !== 0)
    return `${counted(Math.abs(more))} ${more < 0 ? "missing" : "extra"}, ${got.rows} for ${recorded.rows}`;
  return recorded.hash === got.hash ? null : `changed content, in ${counted(got.rows)}`;
}

const counted = (rows: number | null) =>
  rows === null ? "an unknown number of rows" : `${rows} row${rows === 1 ? "" : "s"}`;

const list = (names: readonly string[]): string =>
  `${names.slice(0, 10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`;

/** The definition of everything in the database, as at the point. */
export async function checkSchema(
  docker: Docker,
  container: string,
  database: string,
  point: BackupPoint | null,
  untouched: boolean,
): Promise<Check> {
  const hash = (await execOk(docker, container, ["switchback-schema-hash", database])).trim();
  if (!point) return unknown("schema", "no backup point to compare it with");
  if (hash === point.schemaHash) return yes("schema", `as at ${point.name}`);
  if (untouched) return no("schema", `the one of ${point.name}`, "another; see pg_dump --schema-only");
  return unknown("schema", `other than at ${point.name}; it has served since`);
}

/** A table whose rows come back: all of them, or those of a query that has its columns. */
export interface WantedTable {
  readonly schema: string;
  readonly name: string;
  /** null: the whole table. */
  readonly query: string | null;
}

/** What selective recovery is to copy, from which generation into the one that serves. */
export interface RowsGoal {
  readonly stack: string;
  /** Name of the database. */
  readonly database: string;
  /** Generation from which rows are read. */
  readonly from: string;
  readonly tables: readonly WantedTable[];
  /** Rows that are there with other values get back those of `from`; else only rows that are missing. */
  readonly changed: boolean;
  /** `replica`: as replication writes, so that the application's triggers do not run. */
  readonly triggers: "origin" | "replica";
  /** Rows that cannot be written are left out; else nothing is written when there are any. */
  readonly skipConflicts: boolean;
  /** false: it is only counted. */
  readonly write: boolean;
}

/** `schema.table`, for people. */
export const tableName = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${schema}.${name}`;

/**
 * Tables as they are asked for: `orders`, `public.orders`, or `public.orders=select …`.
 * @throws on one that is none, or that is named twice
 */
export function parseTables(args: readonly string[]): WantedTable[] {
  const tables = args.map(parseTable);
  for (const table of tables) {
    const same = tables.filter((other) => tableName(other) === tableName(table));
    if (same.length > 1) throw new Error(`expected each table once, got ${tableName(table)} ${same.length} times`);
  }
  if (tables.length === 0) throw new Error("expected at least one table, such as public.orders, got none");
  return tables;
}

function parseTable(text: string): WantedTable {
  const at = text.indexOf("=");
  const [path, query] =
    at < 0
      ? [text, null]
      : [
          text.slice(0, at),
          text
            .slice(at + 1)
            .trim()
            .replace(/;\s*$/, ""),
        ];
  const parts = path.trim().split(".");
  const [schema, name] = parts.length === 1 ? ["public", parts[0]] : parts;
  if (parts.length > 2 || !schema || !name || query === "") {
    throw new Error(`expected a table such as public.orders, or public.orders=select …, got ${text}`);
  }
  return { schema, name, query };
}

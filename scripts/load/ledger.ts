import type pg from "pg";

/** An order as the application acknowledged it with 201: what a client holds against the database afterwards. */
export type Order = { readonly id: string } & Readonly<Record<string, string | number>>;

export interface Ledger {
  /** Orders that were answered with 201. */
  readonly acknowledged: number;
  /** Of those, how many are not in the database, or are there with another value. */
  readonly missing: number;
  /** The first few of those, each with what is wrong. */
  readonly examples: readonly string[];
}

const maxExamples = 5;

/** Looks for every acknowledged order in the database, whatever its schema is by now. */
export async function compareLedger(client: pg.Client, acknowledged: readonly Order[]): Promise<Ledger> {
  const ids = acknowledged.map(({ id }) => id);
  const { rows } = await client.query<Order>("select * from orders where id = any($1)", [ids]);
  return compareOrders(acknowledged, new Map(rows.map((row) => [row.id, row])));
}

/** Compares each order on the columns that it and its row both have. */
export function compareOrders(acknowledged: readonly Order[], stored: ReadonlyMap<string, Order>): Ledger {
  const problems = acknowledged.flatMap((order) => {
    const problem = compare(order, stored.get(order.id));
    return problem ? [`${order.id}: ${problem}`] : [];
  });
  return {
    acknowledged: acknowledged.length,
    missing: problems.length,
    examples: problems.slice(0, maxExamples),
  };
}

function compare(order: Order, row: Order | undefined): string | undefined {
  if (!row) return "expected the order to be in the database, got none";
  for (const [column, value] of Object.entries(order)) {
    const found = row[column];
    // Numbers that may be larger than a double come from the database as text.
    const equal = typeof value === "number" ? Number(found) === value : found === value;
    if (column in row && !equal) return `expected ${column} ${value}, got ${found}`;
  }
  return undefined;
}

import type { WantedTable } from "./goal.ts";
import type { Shape } from "./shape.ts";

/** A table as it is going to be copied. */
export interface TablePlan {
  readonly wanted: WantedTable;
  readonly shape: Shape;
  /** Columns that both sides have. */
  readonly columns: readonly string[];
  /** Of the source: the generation that serves has no such column. */
  readonly leftOut: readonly string[];
}

/**
 * Which columns are copied.
 * @param source what the table, or the query, has
 * @throws when no row could be written from them. Pure
 */
export function planTable(wanted: WantedTable, shape: Shape, source: readonly string[]): TablePlan {
  const own = new Set(shape.columns.map(({ name }) => name));
  const given = new Set(source);
  const twice = source.find((name, index) => source.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`expected each column of ${shape.table} once, got ${twice} twice`);
  const missing = [
    ...shape.key.filter((name) => !given.has(name)),
    ...shape.columns.flatMap(({ name, required }) => (required && !given.has(name) ? [name] : [])),
  ];
  if (missing.length > 0) {
    throw new Error(
      `expected the columns ${[...new Set(missing)].join(", ")} of ${shape.table} among the rows to copy, got ${source.join(", ") || "none"}; add them with a query, such as ${shape.table}=select …`,
    );
  }
  return {
    wanted,
    shape,
    columns: shape.columns.map(({ name }) => name).filter((name) => given.has(name)),
    leftOut: source.filter((name) => !own.has(name)),
  };
}

/** In an order in which what others refer to comes first; a circle keeps the order that was asked for. Pure. */
export function ordered(plans: readonly TablePlan[]): TablePlan[] {
  const left = [...plans];
  const done: TablePlan[] = [];
  while (left.length > 0) {
    const waits = ({ shape }: TablePlan) =>
      shape.references.some(({ table }) => table !== shape.table && left.some((other) => other.shape.table === table));
    const next = left.findIndex((plan) => !waits(plan));
    done.push(...left.splice(Math.max(0, next), 1));
  }
  return done;
}

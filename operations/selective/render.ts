import type { RowsGoal } from "./goal.ts";
import type { RowsResult } from "./operation.ts";
import type { TableTally } from "./tally.ts";

/** What was found, or done, as a table and the lines below it. Pure. */
export function renderRows(goal: RowsGoal, { to, tables, before }: RowsResult): string[] {
  const head = ["table", `in ${goal.from}`, "missing", "changed", "same", "conflicts", "only now"];
  const done = before === null ? [] : ["inserted", "updated"];
  const lines = [[...head, ...done], ...tables.map((one) => cells(one, before !== null))];
  const widths = head.concat(done).map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const table = lines.map((line) =>
    line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "),
  );
  return [...table, ...tables.flatMap(remarks), ...end(goal, to, tables, before)];
}

function cells({ table, rows, missing, changed, same, conflicts, only, written }: TableTally, done: boolean): string[] {
  const numbers = [rows, missing, changed, same, conflicts.reduce((sum, one) => sum + one.rows, 0), only ?? "-"];
  return [table, ...numbers.map(String), ...(done ? [`${written?.inserted ?? 0}`, `${written?.updated ?? 0}`] : [])];
}

function remarks({ table, missing, conflicts, leftOut, written }: TableTally): string[] {
  const lost =
    leftOut.length > 0 ? [`${table}: left out, because there is no such column now: ${leftOut.join(", ")}`] : [];
  const short = written ? missing - written.inserted : 0;
  const late = short > 0 ? [`${table}: ${short} not inserted: they came meanwhile, or a trigger refused them`] : [];
  const taken = conflicts.map(
    ({ why, rows, such }) => `${table}: ${rows} conflict with ${why}, such as ${such.join("; ")}`,
  );
  return [...lost, ...taken, ...late];
}

function end(goal: RowsGoal, to: string, tables: readonly TableTally[], before: string | null): string[] {
  if (before !== null) return [`written in one transaction; the way back: targetLsn ${before} of ${to}`];
  const inserts = tables.reduce((sum, { missing }) => sum + missing, 0);
  const updates = goal.changed ? tables.reduce((sum, { changed }) => sum + changed, 0) : 0;
  if (inserts + updates === 0) return ["nothing to write"];
  const conflicts = tables.some((one) => one.conflicts.length > 0) && !goal.skipConflicts ? " --skip-conflicts" : "";
  return [
    `${inserts} to insert, ${updates} to update; nothing was written. To write them: the same with --yes${conflicts}`,
  ];
}

import type Docker from "dockerode";
import type pg from "pg";
import { connectDatabase } from "../database/connect.ts";
import { readCatalogue } from "../generations/catalogue.ts";
import { type Catalogue, firstCatalogue, servingGeneration } from "../generations/format.ts";
import { whileRunning } from "../generations/running.ts";
import type { JournalEntry } from "../live/journal.ts";
import { lockParents, markOrphans, markTaken } from "./conflicts.ts";
import { type RowsGoal, tableName } from "./goal.ts";
import { ordered, planTable, type TablePlan } from "./plan.ts";
import { readColumns, readShape } from "./shape.ts";
import { pinText, type Staged, stageTable } from "./stage.ts";
import { type TableTally, tally } from "./tally.ts";
import { writeTable } from "./write.ts";

export interface RowsRun {
  readonly docker: Docker;
  readonly goal: RowsGoal;
  readonly reason: string;
  readonly actor: string;
  readonly journal: (entry: JournalEntry) => Promise<unknown>;
  readonly log: (line: string) => void;
}

export interface RowsResult {
  /** Generation that serves. */
  readonly to: string;
  /** In the order in which they are written. */
  readonly tables: readonly TableTally[];
  /** Where the generation that serves stood right before the write: `targetLsn` of the way back. null: nothing was written. */
  readonly before: string | null;
}

/**
 * Copies rows from a kept generation into the one that serves, in one transaction; what was written there since stays. Without
 * `write` it only counts. The caller holds the live lock.
 * @throws when rows conflict and are not to be left out, or anything else is not as expected; nothing is written then
 */
export async function recoverRows(run: RowsRun): Promise<RowsResult> {
  const { docker, goal, reason, actor } = run;
  const { stack, database, from, triggers, changed } = goal;
  const catalogue = (await readCatalogue(docker, stack)) ?? firstCatalogue(new Date().toISOString());
  const serving = servingGeneration(catalogue);
  assertReadable(catalogue, serving, from);
  const at = (generation: string) => ({ container: `${stack}-database-${generation}`, database });
  const result = await whileRunning(docker, at(from), async () => {
    const source = await connectDatabase(docker, { ...at(from), user: "postgres" });
    try {
      const target = await connectDatabase(docker, { ...at(serving), user: "postgres" });
      const copied = await copyBetween(source, target, run).finally(() => target.end());
      return { to: serving, ...copied };
    } finally {
      await source.end();
    }
  });
  if (result.before !== null) {
    const tables = result.tables.map(({ table, rows, written, conflicts }) => ({ table, rows, ...written, conflicts }));
    const how = { from, to: serving, tables, before: result.before, changed, triggers };
    await run.journal({ event: "recovered-rows", operation: "recover-rows", ...how, reason, actor });
  }
  return result;
}

/** @throws when no rows can be taken from a generation. Pure */
export function assertReadable({ generations }: Pick<Catalogue, "generations">, serving: string, from: string): void {
  const others = generations.filter(({ name, state }) => name !== serving && (state === "ready" || state === "drill"));
  if (others.some(({ name }) => name === from)) return;
  const known = others.map(({ name }) => name).join(", ") || "none: restore one beside with a target and `drill: true`";
  const got = from === serving ? `${from}, which serves` : from;
  throw new Error(`expected a whole generation besides the one that serves (${known}), got ${got}`);
}

async function copyBetween(
  source: pg.Client,
  target: pg.Client,
  { goal, log }: RowsRun,
): Promise<Omit<RowsResult, "to">> {
  await Promise.all([pinText(source), pinText(target)]);
  await source.query("begin isolation level repeatable read read only");
  await target.query("begin");
  await target.query("set local lock_timeout = '10s'");
  await target.query(`set local session_replication_role = ${goal.triggers}`);
  const plans = ordered(await readPlans(source, target, goal));
  const staged: Staged[] = [];
  for (const [index, plan] of plans.entries()) {
    staged.push(await stageTable(source, target, plan, index));
    log(`${plan.shape.table}: ${staged.at(-1)!.rows} rows read from ${goal.from}`);
  }
  const writes = goal.changed ? ["missing", "changed"] : ["missing"];
  for (const one of staged) await markTaken(target, one, writes);
  if (goal.write && goal.triggers === "replica") for (const one of staged) await lockParents(target, one, writes);
  await markOrphans(target, staged, writes);
  const found: TableTally[] = [];
  for (const one of staged) found.push(await tally(target, one));
  if (!goal.write) {
    await target.query("rollback");
    return { tables: found, before: null };
  }
  if (!goal.skipConflicts) assertFree(found);
  const { rows } = await target.query("select pg_current_wal_insert_lsn()::text as lsn");
  const tables: TableTally[] = [];
  for (const [index, one] of staged.entries())
    tables.push({ ...found[index]!, written: await writeTable(target, one, goal.changed) });
  await target.query("commit");
  return { tables, before: rows[0].lsn };
}

async function readPlans(source: pg.Client, target: pg.Client, goal: RowsGoal): Promise<TablePlan[]> {
  const plans: TablePlan[] = [];
  for (const wanted of goal.tables) {
    const shape = await readShape(target, wanted);
    const columns = wanted.query === null ? await readColumns(source, wanted) : await describe(source, wanted.query);
    if (!columns) throw new Error(`expected a table ${tableName(wanted)} in ${goal.from}, got none`);
    plans.push(planTable(wanted, shape, columns));
  }
  return plans;
}

/** Columns of a query, which is not run. */
const describe = async (client: pg.Client, query: string): Promise<string[]> =>
  (await client.query(`select * from (${query}\n) rows limit 0`)).fields.map(({ name }) => name);

/** @throws when a row cannot be written. Pure */
export function assertFree(tables: readonly Pick<TableTally, "table" | "conflicts">[]): void {
  const found = tables.flatMap(({ table, conflicts }) =>
    conflicts.map(({ why, rows, such }) => `${table}: ${rows} for ${why}, such as ${such.join("; ")}`),
  );
  if (found.length === 0) return;
  throw new Error(
    `expected no row that conflicts with one that is there, got ${found.join("; ")}; nothing was written. Narrow it with a query, or leave them out: --skip-conflicts`,
  );
}

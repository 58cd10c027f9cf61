import type pg from "pg";
import { allowanceFor, allowsLoss } from "../../stacks/lineage/allowance.ts";
import { type AppliedMigration, plannedSteps, withApplied } from "../../stacks/lineage/applied.ts";
import { headOf, type Lineage, type Migration } from "../../stacks/lineage.ts";
import { keepLosses, restoreKept } from "./kept.ts";
import type { Loss } from "./losses.ts";
import { readSchema, type SchemaState } from "./schema-state.ts";

export interface StepsRun {
  /** In the transaction of the whole change. */
  readonly client: pg.ClientBase;
  readonly lineage: Lineage;
  readonly to: string;
  readonly allowDataLoss: Readonly<Record<string, number>>;
  readonly epoch: string;
  readonly log: (line: string) => void;
}

export interface StepsResult {
  readonly from: string;
  readonly to: string;
  readonly lost: readonly Loss[];
  readonly restored: number;
}

/** Moves the schema, inside a transaction that the caller holds. @throws before anything ran, or when a step fails */
export async function runSteps(run: StepsRun): Promise<StepsResult> {
  const { client, lineage, to } = run;
  const state = await readSchema(client);
  const { whole, steps } = plan(lineage, state, to);
  const lost: Loss[] = [];
  let restored = 0;
  for (const migration of steps.migrations) {
    if (steps.direction === "up") restored += await stepUp(run, migration);
    else lost.push(...(await stepDown(run, migration, state)));
  }
  const reached = headOf(whole, to);
  // After ups each has been verified; after downs what is left is what the last one left.
  if (steps.direction === "down")
    await verify(
      client,
      whole.migrations.find(({ id }) => id === reached),
    );
  return { from: state.head, to: reached, lost, restored };
}

/** What has to run. @throws when files changed, are missing or come too late, or there is no way back */
function plan(lineage: Lineage, state: SchemaState, to: string) {
  const errors: string[] = [];
  const whole = withApplied(lineage, state.applied, errors);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  const steps = plannedSteps(whole, state.applied, to);
  if (steps.direction === "down")
    for (const { name, down, downSql } of steps.migrations)
      if (down === "irreversible" || downSql === null)
        throw new Error(
          `${name}: expected a way back, got ${down === "irreversible" ? "irreversible" : "no down stored"}; only level 3 goes back, to a backup point from before it`,
        );
  return { whole, steps };
}

async function stepUp(run: StepsRun, migration: Migration): Promise<number> {
  const { client, log } = run;
  log(`${migration.name}: up`);
  await runSql(client, migration, "up", migration.up);
  await client.query(
    `insert into switchback.migrations (position, id, name, hash, kind, down, loses, up, down_sql, verify)
       values ((select coalesce(max(position), 0) + 1 from switchback.migrations), $1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      migration.id,
      migration.name,
      migration.hash,
      migration.kind,
      migration.down,
      migration.loses,
      migration.up,
      migration.downSql,
      migration.verify,
    ],
  );
  return putBack(run, migration);
}

/** After an up: puts back what was kept, and verifies. @returns values put back */
export async function putBack(
  { client, epoch, log }: Pick<StepsRun, "client" | "epoch" | "log">,
  migration: Migration,
): Promise<number> {
  const restored = await restoreKept(client, migration);
  // The operation that lost them has put them back: what it was allowed is not used.
  await client.query("delete from switchback.allowances where migration = $1 and epoch = $2", [migration.id, epoch]);
  if (restored > 0) log(`${migration.name}: put ${restored} values back`);
  await verify(client, migration);
  return restored;
}

async function stepDown(run: StepsRun, migration: Migration, state: SchemaState): Promise<readonly Loss[]> {
  const { client, log } = run;
  const losses = migration.down === "lossy" ? await keepLosses(client, migration) : [];
  checkAllowance(run.allowDataLoss[migration.id], state.usedAllowances[migration.id], migration, losses);
  await recordAllowance(run, migration.id, losses);
  log(`${migration.name}: down${losses.map(({ column, values }) => `, ${values} values of ${column} kept`).join("")}`);
  await runSql(client, migration, "down", migration.downSql ?? "");
  await client.query("delete from switchback.migrations where id = $1", [migration.id]);
  return losses;
}

/** @throws when more would be lost than is allowed */
export function checkAllowance(
  allowed: number | undefined,
  used: number | undefined,
  { id, name }: Migration,
  losses: readonly Loss[],
): void {
  const values = losses.reduce((sum, loss) => sum + loss.values, 0);
  if (allowsLoss(allowed, used, values)) return;
  const told = losses.map((loss) => `${loss.values} of ${loss.column}`).join(", ");
  const what = allowed !== undefined && allowed === used ? `${allowed}, which was used before` : (allowed ?? "none");
  throw new Error(
    `${name}: expected allowDataLoss.${id} to allow the loss of ${values} values (${told}), got ${what}; pulumi config set --path allowDataLoss.${id} ${allowanceFor(values, used)}`,
  );
}

/** Says that an allowance was used: it has to be renewed. Without a limit, or without a loss, none was. */
export async function recordAllowance(
  { client, allowDataLoss, epoch }: Pick<StepsRun, "client" | "allowDataLoss" | "epoch">,
  id: string,
  losses: readonly Loss[],
): Promise<void> {
  const allowed = allowDataLoss[id];
  if (allowed === undefined || allowed === Number.POSITIVE_INFINITY) return;
  if (!losses.some(({ migration, values }) => migration === id && values > 0)) return;
  await client.query(
    `insert into switchback.allowances (migration, allowed, epoch) values ($1, $2, $3)
       on conflict (migration) do update set allowed = excluded.allowed, epoch = excluded.epoch, at = clock_timestamp()`,
    [id, allowed, epoch],
  );
}

/** Runs SQL of a migration. @throws with what failed; also when it ended the transaction that everything runs in */
async function runSql(client: pg.ClientBase, { name }: Migration, direction: string, sql: string): Promise<void> {
  const transaction = async () => (await client.query("select pg_current_xact_id()::text as id")).rows[0].id;
  const before = await transaction();
  try {
    await client.query(sql);
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    const failed = new Error(`${name}: expected its ${direction} to run, got: ${message}; nothing has changed`, {
      cause: error,
    });
    throw Object.assign(failed, { code });
  }
  if ((await transaction()) !== before)
    throw new Error(
      `${name}: expected its ${direction} to stay in the one transaction, got one that ended it; see what it left, and take COMMIT and ROLLBACK out`,
    );
}

/** Runs the verify script of a migration. @throws when a query of it returns rows */
export async function verify(
  client: pg.ClientBase,
  migration: Migration | AppliedMigration | undefined,
): Promise<void> {
  if (!migration?.verify) return;
  const results = (await client.query(migration.verify)) as pg.QueryResult | pg.QueryResult[];
  const [failure] = [results].flat().filter(({ rows }) => rows.length > 0);
  if (failure)
    throw new Error(
      `${migration.name}: expected its verify script to return nothing, got ${failure.rows.length} rows, first ${JSON.stringify(failure.rows[0])}; nothing has changed`,
    );
}

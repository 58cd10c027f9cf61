import type pg from "pg";
import type { Lineage } from "../../stacks/lineage.ts";
import { describeBlockers, type Watch, watchBlockers } from "./blockers.ts";
import type { ToolPlace } from "./command.ts";
import type { Loss } from "./losses.ts";
import { moveByTool } from "./move-by-tool.ts";
import { assertPending, ensureStorage, lockNotAvailable, settleMarker } from "./schema-state.ts";
import { runSteps, type StepsResult } from "./steps.ts";

export interface MigrateRun {
  /** As the migrator, past the pooler, outside a transaction. */
  readonly client: pg.Client;
  /** The files; what only the database knows is added. */
  readonly lineage: Lineage;
  readonly to: string;
  /** By migration: largest number of values that going back over it may lose. */
  readonly allowDataLoss: Readonly<Record<string, number>>;
  readonly lockTimeoutMs: number;
  /** How often it is tried when a lock cannot be had. */
  readonly attempts: number;
  /** `cancel` needs `watch`. */
  readonly blockers: "fail" | "cancel";
  /** A second connection as the migrator, which sees and ends what is in the way; it is ended here. */
  readonly watch?: () => Promise<pg.Client>;
  /** Where the tool of a lineage runs that has one. */
  readonly tool?: ToolPlace;
  readonly epoch: string;
  readonly goal: string;
  /** Runs inside the transaction, just before COMMIT; a throw ends it without an effect. */
  readonly beforeCommit: () => Promise<void>;
  readonly log: (line: string) => void;
}

export interface MigrateResult extends StepsResult {
  readonly from: string;
  readonly to: string;
  /** What was lost and is kept in `switchback_kept`. */
  readonly lost: readonly Loss[];
  /** Values that were kept and are back. */
  readonly restored: number;
  readonly seconds: number;
}

/**
 * Moves the schema to exactly `to`: all steps, their verify scripts, goal, epoch and the end of `pending` are one
 * transaction. node-pg-migrate's own runner sends its COMMIT by itself and reads downs from files, so that only its file
 * format and its builder are used. A lineage with a tool moves as `moveByTool` says.
 * @throws when nothing has changed; only an error of COMMIT itself leaves open whether it did
 */
export async function migrate(run: MigrateRun): Promise<MigrateResult> {
  const { client, attempts, blockers, log } = run;
  const begun = performance.now();
  if (blockers === "cancel" && !run.watch)
    throw new Error("expected a connection to watch from, as blockers are to be cancelled, got none");
  await ensureStorage(client);
  const move = run.lineage.command ? moveByTool : attemptOnce;
  const watcher = await run.watch?.();
  try {
    for (let attempt = 1; ; attempt++) {
      const watch = watcher && watchBlockers(watcher, blockers === "cancel", Math.max(20, run.lockTimeoutMs / 5));
      try {
        const result = await move(run).finally(() => watch?.stop());
        return { ...result, seconds: (performance.now() - begun) / 1000 };
      } catch (error) {
        if (!isLockFailure(error)) throw error;
        if (attempt >= attempts) throw blocked(run, attempt, error as Error, watch);
        log(`${(error as Error).message}; attempt ${attempt} of ${attempts}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
    }
  } finally {
    await watcher?.end();
  }
}

async function attemptOnce(run: MigrateRun): Promise<StepsResult> {
  const { client, epoch, goal, lockTimeoutMs } = run;
  await client.query("begin");
  try {
    await client.query(`set local lock_timeout = ${Math.round(lockTimeoutMs)}`);
    await assertPending(client, epoch);
    const result = await runSteps(run);
    await settleMarker(client, epoch, goal);
    await run.beforeCommit();
    await client.query("commit");
    return result;
  } catch (error) {
    // A connection that is gone has ended the transaction by itself.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

const deadlock = "40P01";
const isLockFailure = (error: unknown) =>
  [lockNotAvailable, deadlock].includes((error as { code?: string }).code ?? "");

function blocked(run: MigrateRun, attempts: number, error: Error, watch: Watch | undefined): Error {
  const who = watch?.seen.length ? `, held by ${describeBlockers(watch.seen)}` : "";
  const way =
    run.blockers === "fail" ? "end what holds it, or set database.migrations.blockers to cancel" : "end what holds it";
  return new Error(
    `expected a lock within ${run.lockTimeoutMs} ms in ${attempts} attempts, got none${who} (${error.message}); ${way}`,
    { cause: error },
  );
}

import type Docker from "dockerode";
import type pg from "pg";
import { type Lineage, readLineage } from "../../stacks/lineage.ts";
import { colors } from "../../stacks/schema.ts";
import { connectDatabase } from "../database/connect.ts";
import type { JournalEntry } from "../live/journal.ts";
import type { OperationRun } from "../live/program.ts";
import { writeRecord } from "../live/records.ts";
import { type MigrateResult, migrate } from "../migrations/migrate.ts";
import { clearPending, pendSchema, readSchema } from "../migrations/schema-state.ts";
import { toolPlace } from "../migrations/tool-place.ts";
import { writePooler } from "../pooler/writer.ts";
import { hashSchemaGoal, type SchemaGoal } from "./goal.ts";
import { moveHeld } from "./held.ts";
import { look } from "./leaving.ts";

export type SchemaRun = OperationRun<SchemaGoal>;

export interface SchemaResult {
  readonly from: string;
  readonly to: string;
  /** Values lost per column; kept in the schema switchback_kept. */
  readonly lost: MigrateResult["lost"];
  /** Values that were kept by an earlier way back and are there again. */
  readonly restored: number;
  /** Requests of the color being left that were still in flight when it lost the database. */
  readonly cut: number;
}

/** What a move of the schema needs, held or not. */
export interface Move extends SchemaRun {
  /** As the migrator, past the pooler. */
  readonly client: pg.Client;
  readonly lineage: Lineage;
  readonly from: string;
  readonly hash: string;
  /** By migration: largest number of values that may be lost. */
  readonly allowDataLoss: Readonly<Record<string, number>>;
  /** What each of its journal lines says. */
  readonly entry: Omit<JournalEntry, "event">;
}

/**
 * Brings the schema and the pooler's entries to their goal, from whatever state they are in. Requests are held only when
 * the color that serves will not fit the schema; the hold is then left to the router's operation, which ends it.
 * @throws when it cannot; the old state is back then, or what is pending says that it is not
 */
export async function runSchema(run: SchemaRun): Promise<SchemaResult> {
  const { docker, goal, epoch } = run;
  const hash = hashSchemaGoal(goal);
  const lineage = lineageOf(goal);
  const client = await connectAsMigrator(docker, goal);
  try {
    const { head: from } = await readSchema(client);
    await pendSchema(client, epoch, hash);
    const { file } = await writePooler(docker, goal.stack, { op: "pend", epoch, goal: hash });
    const found = await look(docker, goal, file.open);
    const allowDataLoss = found.goesBack ? anyLoss(lineage) : goal.allowDataLoss;
    const move = { ...run, client, allowDataLoss, lineage, from, hash, entry: entryOf(run, from) };
    const begun = performance.now();
    try {
      const result = found.leaving ? await moveHeld(move, found.leaving) : await moveOpen(move);
      await writePooler(docker, goal.stack, { op: "commit", epoch, goal: hash });
      await analyze(move, result);
      await writeRecord(docker, goal.stack, "schema.json", `${JSON.stringify({ head: result.to })}\n`);
      const seconds = (performance.now() - begun) / 1000;
      if (from !== result.to) await run.journal({ ...move.entry, event: "migrated", ...result, seconds });
      return result;
    } catch (error) {
      await run.journal({ ...move.entry, event: "failed", error: (error as Error).message }).catch(() => {});
      throw error;
    }
  } finally {
    await client.end();
  }
}

/** A session with DDL, past the pooler. The caller ends it. */
export function connectAsMigrator(docker: Docker, { database: { container, name } }: SchemaGoal): Promise<pg.Client> {
  return connectDatabase(docker, { container, database: name, user: `${name}_migrator` });
}

export function migrateTo(
  move: Move,
  to: string,
  beforeCommit: () => Promise<void> = async () => {},
): Promise<MigrateResult> {
  const { client, lineage, allowDataLoss, goal, epoch, hash, log } = move;
  const { lockTimeoutMs, attempts, blockers } = goal.migrations;
  return migrate({
    client,
    lineage,
    to,
    allowDataLoss,
    lockTimeoutMs,
    attempts,
    blockers,
    epoch,
    goal: hash,
    watch: () => connectAsMigrator(move.docker, goal),
    tool: toolPlace(move.docker, goal, lineage),
    beforeCommit,
    log,
  });
}

/** Nothing that serves has to go: entries of colors that will not fit are closed before, those that fit are opened after. */
async function moveOpen(move: Move): Promise<SchemaResult> {
  const { docker, goal, epoch, log, from } = move;
  const { stack } = goal;
  const closing = colors.filter((color) => !goal.open[color]);
  for (const color of closing) {
    const request = { op: "fence", epoch, color, seconds: 0, then: "closed" } as const;
    await writePooler(docker, stack, request);
  }
  try {
    const { lost, restored } = await migrateTo(move, goal.head);
    await writePooler(docker, stack, { op: "set", epoch, open: goal.open });
    if (from !== goal.head) {
      await writePooler(docker, stack, { op: "reconnect", epoch });
      log(`the schema is at ${goal.head || "its beginning"}, was at ${from || "its beginning"}`);
    }
    return { from, to: goal.head, lost, restored, cut: 0 };
  } catch (error) {
    // A connection that is gone must not hide why.
    await clearPending(move.client, epoch).catch(() => {});
    throw error;
  }
}

/** Nothing that is lost is gone: it is kept beside the schema. */
export const anyLoss = ({ migrations }: Lineage): Record<string, number> =>
  Object.fromEntries(migrations.map(({ id }) => [id, Number.POSITIVE_INFINITY]));

async function analyze({ client, log }: Move, { from, to }: SchemaResult): Promise<void> {
  if (from === to) return;
  // Only a hint for the planner: a failure of it undoes nothing.
  await client.query("ANALYZE").catch((error: Error) => log(`ANALYZE failed: ${error.message}`));
}

function lineageOf(goal: SchemaGoal): Lineage {
  const errors: string[] = [];
  const lineage = readLineage(goal.migrations.folder, errors);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  return lineage;
}

const entryOf = ({ goal, epoch, reason, actor }: SchemaRun, from: string): Omit<JournalEntry, "event"> => ({
  operation: "schema",
  level: 2,
  from,
  to: goal.head,
  epoch,
  reason,
  actor,
});

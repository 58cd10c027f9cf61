import type Docker from "dockerode";
import type pg from "pg";
import { takeBasePoint } from "../backup/base-point.ts";
import { ensureKeeper } from "../live/keeper.ts";
import type { OperationRun } from "../live/program.ts";
import { ensureBackups } from "./backups.ts";
import { connectDatabase } from "./connect.ts";
import { type DatabaseGoal, hashDatabaseGoal } from "./goal.ts";
import { commitDatabase, pendDatabase } from "./marker.ts";
import { createDatabase, setUpDatabase, setUpRoles } from "./setup.ts";

export type DatabaseRun = OperationRun<DatabaseGoal>;

export interface DatabaseResult {
  readonly generation: string;
  /** Newest backup from which a restore can begin. */
  readonly base: string;
}

/** PostgreSQL may be making its data directory, or be replaying what a crash left. */
const startMilliseconds = 120_000;

/**
 * Brings a generation to its goal, from whatever state it is in: keepers of its volumes, roles, database, privileges,
 * archive, a first base, and a base point where the filesystem can share blocks. What is there already stays.
 * @throws when it cannot; the marker's `pending` then says so
 */
export async function runDatabase(run: DatabaseRun): Promise<DatabaseResult> {
  const { docker, goal, epoch, log } = run;
  const { stack, container, database, generation, backupVolume } = goal;
  await ensureKeeper(docker, { name: `${container}-keeper`, volume: container, stack, path: "/data" });
  await ensureKeeper(docker, { name: `${backupVolume}-keeper`, volume: backupVolume, stack, path: "/data" });
  await using(await awaitDatabase(docker, container), (client) => createDatabase(client, goal));
  const hash = hashDatabaseGoal(goal);
  return using(await connectDatabase(docker, { container, database, user: "postgres" }), async (client) => {
    await pendDatabase(client, epoch, hash);
    await setUpRoles(client, goal);
    await setUpDatabase(client, goal);
    const base = await ensureBackups(docker, goal, log);
    await takeBasePoint(docker, { container, keep: goal.basePoints, reason: "first" }, log);
    await commitDatabase(client, epoch, hash);
    const { reason, actor } = run;
    await run.journal({ event: "database", operation: "database", generation, base: base.label, epoch, reason, actor });
    return { generation, base: base.label };
  });
}

/** A connection to a server that may be starting, as superuser. */
async function awaitDatabase(docker: Docker, container: string): Promise<pg.Client> {
  const end = Date.now() + startMilliseconds;
  for (;;) {
    try {
      const client = await connectDatabase(docker, { container, database: "postgres", user: "postgres" });
      const { rows } = await client.query("select pg_is_in_recovery() as recovering");
      if (!rows[0].recovering) return client;
      await client.end();
      throw new Error(`expected ${container} to accept writes, got a server in recovery`);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function using<T>(client: pg.Client, work: (client: pg.Client) => Promise<T>): Promise<T> {
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

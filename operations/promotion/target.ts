import type Docker from "dockerode";
import type pg from "pg";
import { beat } from "../backup/mark.ts";
import { allowWrites } from "../database/writes.ts";
import { writeFilesIn } from "../files/container-files.ts";
import type { Promotion } from "../generations/format.ts";
import { exec, execOk } from "../live/docker.ts";
import { readSchema } from "../migrations/schema-state.ts";
import { poolerName } from "../pooler/state.ts";
import { awaitPromoted } from "../recovery/verify/promoted.ts";
import type { PromotionGoal } from "./goal.ts";

/** A generation that is about to serve. */
export interface Target {
  readonly client: pg.Client;
  /** Isolated and standing still again, where it was so. */
  putBack(): Promise<void>;
}

/** PostgreSQL may have stood still for long, and replay what a crash left. */
const startMilliseconds = 120_000;
const reachMilliseconds = 5000;
const isolation = "/var/lib/postgresql/data/isolated_hba.conf";

/**
 * Makes a generation ready to serve: starts it when it stands still, looks at it, ends its isolation, and proves that both
 * colors can log in from the pooler. Nobody is sent to it yet. The caller ends the connection.
 * @throws when it is not fit to serve; everything is put back then
 */
export async function readyTarget(docker: Docker, goal: PromotionGoal, log: (line: string) => void): Promise<Target> {
  const undo: (() => Promise<unknown>)[] = [];
  let client: pg.Client | undefined;
  const putBack = async () => {
    for (const step of undo.splice(0).reverse())
      await step().catch((error: Error) => log(`${goal.container} could not be put back: ${error.message}`));
  };
  try {
    if (await start(docker, goal.container)) {
      log(`started ${goal.container}`);
      undo.push(() => docker.getContainer(goal.container).stop({ t: startMilliseconds / 1000 }));
    }
    const at = { container: goal.container, database: goal.database, user: "postgres" };
    client = await awaitPromoted(docker, at, startMilliseconds);
    await readSchema(client);
    await allowWrites(client, goal.database);
    if (await endIsolation(docker, goal.container, client)) undo.push(() => isolate(docker, goal.container));
    await expectReachable(docker, goal);
    return { client, putBack };
  } catch (error) {
    await client?.end();
    await putBack();
    throw error;
  }
}

/** Where it stands when it begins to serve. */
export async function readStart(client: pg.Client): Promise<Promotion["start"]> {
  const { seq } = await beat(client);
  const { rows } = await client.query(
    "select pg_current_wal_flush_lsn()::text as lsn, pg_snapshot_xmax(pg_current_snapshot())::text as xid",
  );
  return { ...rows[0], heartbeat: seq };
}

/** @returns whether it stood still */
async function start(docker: Docker, container: string): Promise<boolean> {
  try {
    await docker.getContainer(container).start();
    return true;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 304) return false;
    if (statusCode !== 404) throw error;
    throw new Error(`expected the container ${container}, got none; run \`up\`, which makes it`);
  }
}

/** @returns whether it was isolated */
async function endIsolation(docker: Docker, container: string, client: pg.Client): Promise<boolean> {
  const { exitCode } = await exec(docker, container, ["rm", isolation]);
  await client.query("select pg_reload_conf()");
  return exitCode === 0;
}

async function isolate(docker: Docker, container: string): Promise<void> {
  await writeFilesIn(docker, container, [
    { path: isolation, content: "host all all all reject\n", mode: 0o644, uid: 0 },
  ]);
  await execOk(docker, container, [
    "psql",
    "-XqAt",
    "-h",
    "/run/postgresql",
    "-U",
    "postgres",
    "-c",
    "select pg_reload_conf()",
  ]);
}

/** A reload takes effect a moment later. */
async function expectReachable(docker: Docker, { stack, database, address }: PromotionGoal): Promise<void> {
  const end = Date.now() + reachMilliseconds;
  for (;;) {
    const { exitCode, stderr } = await exec(docker, poolerName(stack), [
      "sh",
      "-euc",
      reach,
      "reach",
      database,
      address,
    ]);
    if (exitCode === 0) return;
    if (Date.now() > end) {
      throw new Error(
        `expected both colors to reach ${database} at ${address} from the pooler, got: ${stderr.trim().replace(/\s+/g, " ")}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// As PgBouncer does it: with the passwords of its own file, which are no argument of a program.
const reach = `
for color in blue green; do
  export PGPASSWORD="$(sed -n "s/^\\"$1_$color\\" \\"\\(.*\\)\\"$/\\1/p" /run/secrets/userlist.txt)"
  PGCONNECT_TIMEOUT=2 psql -XqAt -h "$2" -p 5432 -U "$1_$color" -d "$1" -c 'select 1' >/dev/null
done`;

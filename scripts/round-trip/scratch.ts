import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connectDatabase } from "../../operations/database/connect.ts";
import type { DatabaseGoal } from "../../operations/database/goal.ts";
import { pendDatabase } from "../../operations/database/marker.ts";
import { createDatabase, setUpDatabase, setUpRoles } from "../../operations/database/setup.ts";
import { initialGeneration } from "../../operations/generations/format.ts";
import { connect, execOk } from "../../operations/live/docker.ts";
import { type MigrateResult, migrate } from "../../operations/migrations/migrate.ts";
import { pendSchema } from "../../operations/migrations/schema-state.ts";
import type { Lineage } from "../../stacks/lineage.ts";
import { scramVerifier } from "../../stacks/passwords.ts";

/** A database that exists for one round trip. */
export interface Scratch {
  migrate(lineage: Lineage, to: string): Promise<MigrateResult>;
  run(sql: string): Promise<void>;
  /** The schema line by line, in an order that does not depend on the order of columns, and what each table holds. */
  look(): Promise<{
    readonly schema: readonly string[];
    readonly tables: Readonly<Record<string, { readonly rows: number; readonly hash: string }>>;
  }>;
  remove(): Promise<void>;
}

const image = "switchback/database:1";
const database = "scratch";

/** Starts the image of the database without network, with the roles that a stack has. */
export async function openScratch(): Promise<Scratch> {
  const docker = connect();
  const stack = `scratch-${randomBytes(4).toString("hex")}`;
  const container = await docker.createContainer({
    name: stack,
    Image: image,
    Env: [`SWITCHBACK_GENERATION=${initialGeneration}`],
    Labels: { "switchback.test": stack },
    HostConfig: { NetworkMode: "none", Init: true, Memory: 512 * 1024 * 1024 },
  });
  const remove = () => container.remove({ force: true, v: true });
  try {
    await container.start();
    const as = (user: string, name = database) => connectDatabase(docker, { container: stack, database: name, user });
    const admin = await eventually(() => as("postgres", "postgres"));
    const goal = goalOf(stack);
    await createDatabase(admin, goal);
    await setUpRoles(admin, goal);
    await admin.end();
    const owner = await as("postgres");
    await pendDatabase(owner, database, "");
    await setUpDatabase(owner, goal);
    await owner.end();
    const client = await as(goal.roles.migrator.name);
    return {
      async migrate(lineage, to) {
        const epoch = randomBytes(4).toString("hex");
        await pendSchema(client, epoch, "");
        const allowDataLoss = Object.fromEntries(lineage.migrations.map(({ id }) => [id, Number.POSITIVE_INFINITY]));
        const once = { lockTimeoutMs: 5000, attempts: 1, blockers: "fail" as const, goal: "", log: () => {} };
        return migrate({ client, lineage, to, allowDataLoss, epoch, ...once, beforeCommit: async () => {} });
      },
      run: async (sql) => void (await client.query(sql)),
      async look() {
        const { rows } = await client.query<{ name: string }>(tables);
        const content: Record<string, { rows: number; hash: string }> = {};
        for (const { name } of rows) content[name] = (await client.query(contentOf(name))).rows[0];
        const dump = ["pg_dump", "-U", "postgres", "-s", "-N", "switchback", "-N", "switchback_kept", database];
        return { schema: normalise(await execOk(docker, stack, dump)), tables: content };
      },
      async remove() {
        await client.end().catch(() => {});
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

const tables = `
select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace n on n.oid = relnamespace
where relkind = 'r' and nspname not in ('switchback', 'switchback_kept', 'information_schema') and nspname not like 'pg\\_%'`;

/** jsonb sorts its keys: a column that was dropped and added again comes last, but its rows are the same. */
const contentOf = (table: string) =>
  `select count(*)::int as rows, coalesce(sum(hashtextextended(to_jsonb(t)::text, 0)::numeric), 0)::text as hash from ${table} t`;

/** A dump without what differs from run to run, its statements' lines sorted. */
function normalise(dump: string): string[] {
  return dump
    .split("\n")
    .map((line) => line.trim().replace(/,$/, ""))
    .filter((line) => line && !line.startsWith("--") && !line.startsWith("\\"))
    .sort();
}

function goalOf(stack: string): DatabaseGoal {
  const role = (name: string, login: boolean) => ({
    name: `${database}_${name}`,
    verifier: login ? scramVerifier(randomBytes(16).toString("hex"), stack, name) : undefined,
  });
  return {
    stack,
    generation: initialGeneration,
    container: stack,
    backupVolume: "",
    database,
    basePoints: 0,
    roles: {
      owner: role("owner", false),
      migrator: role("migrator", true),
      app: role("app", false),
      blue: role("blue", true),
      green: role("green", true),
    },
  };
}

/** PostgreSQL makes its data directory first. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 100) throw error;
    }
    await sleep(200);
  }
}

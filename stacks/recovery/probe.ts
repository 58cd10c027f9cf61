import type Docker from "dockerode";
import type pg from "pg";
import { readDumps, readPoints } from "../../operations/backup/catalogue.ts";
import { connectDatabase } from "../../operations/database/connect.ts";
import type { Catalogue } from "../../operations/generations/format.ts";
import { type JournalLine, parseJournal } from "../../operations/journal/line.ts";
import { exec } from "../../operations/live/docker.ts";
import { recordsName } from "../../operations/live/records.ts";
import { type Behind, countBehind, type Since } from "../../operations/recovery/behind.ts";
import { recordedImages } from "../image-record.ts";
import type { StackPlan } from "../plan.ts";
import type { Live } from "../probe.ts";
import { bounded, type Probed } from "../probe-bounded.ts";
import { liveHead } from "../schema-change.ts";
import type { HeadMove, LiveServer, PastRestore, RecoveryFacts } from "./facts.ts";
import { inRepository } from "./probe-repository.ts";
import { parseStanzas } from "./stanza.ts";

/** What a recovery is judged by. */
export interface Found {
  readonly facts: RecoveryFacts;
  /** The last restores, newest last. */
  readonly restores: Probed<readonly PastRestore[]>;
}

/** Looks at everything that a target is resolved by: every probe at once, each bounded in time. */
export async function probeRecovery(docker: Docker, plan: StackPlan, live: Live, catalogue: Catalogue): Promise<Found> {
  const { stack } = plan;
  const [points, dumps, stanzas, server, journal] = await Promise.all([
    bounded(() => readPoints(docker, stack)),
    bounded(() => readDumps(docker, stack)),
    bounded(async () => parseStanzas(await inRepository(docker, plan, live, ["pgbackrest", "--output=json", "info"]))),
    bounded(() => withServer(docker, plan, (client) => readServer(client, live))),
    bounded(() => readTelling(docker, stack)),
  ]);
  const told = <T>(event: string): Probed<readonly T[]> =>
    "unknown" in journal ? journal : { value: journal.value.filter((line) => line.event === event) as unknown as T[] };
  const moves = told<HeadMove>("migrated");
  const now = new Date().toISOString();
  return {
    facts: { catalogue, points, dumps, stanzas, server, moves, head: liveHead(live), now },
    restores: told<PastRestore>("restored"),
  };
}

/** Counts what would stay behind in the generation that serves. */
export const probeBehind = (docker: Docker, plan: StackPlan, since: Since): Promise<Probed<Behind>> =>
  bounded(() => withServer(docker, plan, (client) => countBehind(client, since, 1.5)));

/** Major version of PostgreSQL in the image of the database, as its search path says it. */
export const probeImage = (docker: Docker): Promise<Probed<string>> =>
  bounded(async () => {
    const id = recordedImages()["switchback/database:1"] ?? "";
    const { Config } = await docker.getImage(id).inspect();
    const [, major] = (Config.Env ?? []).join(":").match(/\/usr\/lib\/postgresql\/(\d+)\/bin/) ?? [];
    if (major) return major;
    throw new Error("its search path names no PostgreSQL");
  });

async function withServer<T>(
  docker: Docker,
  { database }: StackPlan,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { container } = database!.generations.serving;
  const client = await connectDatabase(docker, { container, database: database!.name, user: "postgres" });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function readServer(client: pg.Client, { database }: Live): Promise<LiveServer> {
  const { rows } = await client.query(serverFacts);
  const state = database && "value" in database.database ? database.database.value : undefined;
  return { ...rows[0], gap: state?.reachable === true && state.archive.gap };
}

const serverFacts = `
select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now,
  pg_current_wal_insert_lsn()::text as lsn,
  (select timeline_id from pg_control_checkpoint()) as timeline,
  (select system_identifier::text from pg_control_system()) as "systemIdentifier",
  (current_setting('server_version_num')::int / 10000)::text as postgres,
  array(select datname::text from pg_database
    where datallowconn and datcollversion is distinct from pg_database_collation_actual_version(oid)) as "collationsChanged"`;

/** Lines of the journal that a recovery asks for, oldest first. */
async function readTelling(docker: Docker, stack: string): Promise<readonly JournalLine[]> {
  const pattern = '"event":"(migrated|restored)"';
  const { stdout } = await exec(docker, recordsName(stack), ["grep", "-hE", pattern, "/records/journal.jsonl"]);
  return parseJournal(stdout).flatMap(({ line }) => (line ? [line] : []));
}

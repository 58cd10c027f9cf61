import type Docker from "dockerode";
import { connectDatabase } from "../operations/database/connect.ts";
import { type DatabaseState, readDatabase } from "../operations/database/state.ts";
import { readRecord } from "../operations/live/records.ts";
import { countLosses, type Loss } from "../operations/migrations/losses.ts";
import { readSchema, type SchemaState } from "../operations/migrations/schema-state.ts";
import { type PoolerState, readPooler } from "../operations/pooler/state.ts";
import type { DatabasePlan } from "./database-plan.ts";
import { bounded, type Probed } from "./probe-bounded.ts";
import type { SchemaChange } from "./schema-change.ts";

/** What a run finds of the database and the pooler. */
export interface LiveDatabase {
  readonly database: Probed<DatabaseState>;
  readonly pooler: Probed<PoolerState>;
  /** `head`: "" where there is no database yet. */
  readonly schema: Probed<SchemaState>;
  /** Head that the catalogue recorded last. */
  readonly recordedHead: string | undefined;
}

/** Looks at everything at once; each probe is bounded in time. */
export async function probeDatabase(docker: Docker, stack: string, plan: DatabasePlan): Promise<LiveDatabase> {
  const { name } = plan;
  const { container } = plan.generations.serving;
  const [database, pooler, schema, recorded] = await Promise.all([
    bounded(() => readDatabase(docker, container, name)),
    bounded(() => readPooler(docker, stack)),
    bounded(() => readHead(docker, plan)),
    bounded(() => readRecord(docker, stack, "schema.json")),
  ]);
  return { database, pooler, schema, recordedHead: parsed<{ head: string }>(recorded)?.head };
}

/** Counts what a way back would lose; nothing is written. */
export const probeLosses = (
  docker: Docker,
  { generations, name }: DatabasePlan,
  { lineage, live = "", head }: SchemaChange,
): Promise<Probed<readonly Loss[]>> =>
  bounded(async () => {
    const { container } = generations.serving;
    const client = await connectDatabase(docker, { container, database: name, user: "postgres" });
    try {
      return await countLosses(client, lineage, live, head);
    } finally {
      await client.end();
    }
  });

// As superuser: a first update that was cut off has made no role yet.
async function readHead(docker: Docker, { generations, name }: DatabasePlan): Promise<SchemaState> {
  const { container } = generations.serving;
  const client = await connectDatabase(docker, { container, database: name, user: "postgres" });
  try {
    return await readSchema(client);
  } finally {
    await client.end();
  }
}

function parsed<T>(probed: Probed<string | undefined>): T | undefined {
  if ("unknown" in probed || probed.value === undefined) return undefined;
  try {
    return JSON.parse(probed.value) as T;
  } catch {
    return undefined;
  }
}

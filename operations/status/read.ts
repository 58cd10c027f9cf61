import type Docker from "dockerode";
import { bounded, type Probed } from "../../stacks/probe-bounded.ts";
import { type ColorName, colors } from "../../stacks/schema.ts";
import { type DatabaseState, readDatabase } from "../database/state.ts";
import { type GenerationHistory, historyOf } from "../evidence/history.ts";
import { initialGeneration } from "../generations/format.ts";
import { isEvidence } from "../isolation/names.ts";
import { type IsolationRecord, readIsolation } from "../isolation/record.ts";
import type { JournalLine } from "../journal/line.ts";
import { readJournal } from "../live/journal.ts";
import type { Owner } from "../live/owner.ts";
import { readRecord } from "../live/records.ts";
import { databaseName } from "../pooler/database-name.ts";
import { type PoolerState, readPooler } from "../pooler/state.ts";
import { readSettled } from "../promotion/settle.ts";
import { type AuditRecord, readAudits } from "../recovery/verify/record.ts";
import { type RouterState, readRouter } from "../router/state.ts";

export interface ContainerStatus {
  readonly name: string;
  readonly color: ColorName;
  readonly release: string;
  readonly running: boolean;
  /** Docker's own word, such as "Up 3 minutes (healthy)". */
  readonly status: string;
}

/** Every generation of the database. */
export interface GenerationsStatus {
  readonly all: readonly GenerationHistory[];
  /** Since when a switch that was not finished is under way; null: there is none. */
  readonly pending: string | null;
}

/** What the scheduler of backups did last. */
export interface Schedule {
  readonly at: string;
  readonly error: string | null;
  readonly neededBytes: number | null;
}

/** The live system of a stack; each part is read by itself, so that a dead one hides no other. */
export interface StackStatus {
  readonly stack: string;
  readonly owner: Probed<Owner | null>;
  readonly router: Probed<RouterState>;
  readonly containers: Probed<readonly ContainerStatus[]>;
  /** null: the stack has none. */
  readonly database: Probed<DatabaseState> | null;
  readonly pooler: Probed<PoolerState> | null;
  /** By birth; null: the stack has none yet. */
  readonly generations: Probed<GenerationsStatus | null>;
  /** Head that the last change of the schema left; null: none was recorded. */
  readonly schema: Probed<string | null>;
  readonly schedule: Probed<Schedule | null>;
  /** The last one; null: the stack was never isolated. */
  readonly isolation: Probed<IsolationRecord | null>;
  /** The last of each generation, oldest first. */
  readonly audits: Probed<readonly AuditRecord[]>;
  /** The last change, or attempt at one; null: none yet. */
  readonly last: Probed<JournalLine | null>;
}

/** Reads everything at once, each part within about 2 s. It changes nothing and takes no lock. */
export async function readStatus(docker: Docker, stack: string): Promise<StackStatus> {
  const record = <T>(file: string) =>
    bounded(async () => JSON.parse((await readRecord(docker, stack, file)) ?? "null") as T | null);
  const [owner, router, containers, name, generations, schema, schedule, isolation, audits, last] = await Promise.all([
    record<Owner>("owner.json"),
    bounded(() => readRouter(docker, stack)),
    bounded(() => listColors(docker, stack)),
    bounded(() => databaseName(docker, stack)),
    bounded(() => readGenerations(docker, stack)),
    record<{ head: string }>("schema.json"),
    record<Schedule>("schedule.json"),
    bounded(async () => (await readIsolation(docker, stack)) ?? null),
    bounded(() => readAudits(docker, stack)),
    bounded(async () => (await readJournal(docker, stack)).findLast(({ event }) => telling.has(event)) ?? null),
  ]);
  const database = "value" in name ? name.value : null;
  const [server, pooler] = database
    ? await Promise.all([
        bounded(() => readServing(docker, stack, database, generations)),
        bounded(() => readPooler(docker, stack)),
      ])
    : [null, null];
  const head = "value" in schema ? { value: schema.value?.head ?? null } : schema;
  return {
    stack,
    owner,
    router,
    containers,
    database: server,
    pooler,
    generations,
    schema: head,
    schedule,
    isolation,
    audits,
    last,
  };
}

const telling = new Set(["switched", "migrated", "promoted", "isolated", "failed", "override"]);

async function readGenerations(docker: Docker, stack: string): Promise<GenerationsStatus | null> {
  const catalogue = await readSettled(docker, stack);
  return catalogue ? { all: historyOf(catalogue), pending: catalogue.marker.pending?.since ?? null } : null;
}

/** @throws when nobody knows which one serves: another one's state would be a lie */
async function readServing(
  docker: Docker,
  stack: string,
  database: string,
  generations: Probed<GenerationsStatus | null>,
): Promise<DatabaseState> {
  if ("unknown" in generations) throw new Error(generations.unknown);
  const serving = generations.value?.all.find(({ state }) => state === "serves")?.name ?? initialGeneration;
  return readDatabase(docker, `${stack}-database-${serving}`, database);
}

async function listColors(docker: Docker, stack: string): Promise<ContainerStatus[]> {
  const label = [`switchback.stack=${stack}`, "switchback.role=service"];
  const found = await docker.listContainers({ all: true, filters: { label } });
  return found
    .map(({ Names, Labels, State, Status }) => ({
      name: Names[0]?.slice(1) ?? "",
      color: Labels["switchback.color"] as ColorName,
      release: Labels["switchback.release"] ?? "",
      running: State === "running",
      status: Status,
    }))
    .filter(({ color, name }) => colors.includes(color) && !isEvidence(stack, name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

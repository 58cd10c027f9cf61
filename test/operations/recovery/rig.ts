import { createHash, randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { readDatabase } from "../../../operations/database/state.ts";
import { readCatalogue, updateCatalogue, writeCatalogue } from "../../../operations/generations/catalogue.ts";
import { firstCatalogue, type Generation, servingGeneration } from "../../../operations/generations/format.ts";
import type { JournalEntry } from "../../../operations/live/journal.ts";
import type { Material, RestoreGoal, Stop } from "../../../operations/recovery/goal.ts";
import { runRestore } from "../../../operations/recovery/operation.ts";
import type { RestoreReport } from "../../../operations/recovery/report.ts";
import { type Rig as BackupRig, createRig as createBackup } from "../backup/rig.ts";
import { goalOf, runGoal } from "../database/goal.ts";
import { type createRig as createDatabase, type Rig as DatabaseRig, databaseImage, docker } from "../database/rig.ts";

export interface Asked {
  readonly generation: string;
  readonly container: string;
  readonly goal: RestoreGoal;
  readonly epoch: string;
}

/** What restores need beside a database that is set up. */
export interface Restores {
  readonly journal: JournalEntry[];
  readonly log: string[];
  /** Records a request and makes the container that waits for its data, as `up` does. */
  ask(change: Partial<RestoreGoal> & { readonly from?: string; readonly backupsAre?: "ro" }): Promise<Asked>;
  /** Runs the operation for what was asked. */
  run(asked: Asked, epoch?: string): Promise<RestoreReport>;
  /** Both. */
  restore(change: Parameters<Restores["ask"]>[0]): Promise<RestoreReport & Asked>;
  /** The newest backup of a generation, with a stop. */
  base(stop: Stop, from?: string): Promise<Material>;
  /** SQL in the container of a generation, as superuser. */
  query(container: string, text: string): Promise<Record<string, unknown>[]>;
  /** Sets a restored generation up, with an archive and a base of its own. */
  setUp(asked: Asked): Promise<void>;
  generation(name: string): Promise<Generation>;
}

export type Rig = BackupRig & Restores;

/** Makes the volume of a generation before its container. */
export type MakeVolume = (stack: string, name: string) => Promise<unknown>;

/** A database that is set up, with its catalogue and a table `events`, and what a restore needs beside it. */
export async function createRig(
  options: Parameters<typeof createDatabase>[0] = {},
  makeVolume?: MakeVolume,
): Promise<Rig> {
  const rig = await createBackup(options);
  await rig.sql(
    "set role app_owner; create table events (id int primary key, at timestamptz not null default clock_timestamp())",
  );
  return { ...rig, ...(await createRestores(rig, makeVolume)) };
}

/** For a database that is set up, and has a catalogue. */
export async function createRestores(rig: DatabaseRig, makeVolume?: MakeVolume): Promise<Restores> {
  const { stack } = rig;
  const log: string[] = [];
  const journal: JournalEntry[] = [];
  await writeCatalogue(docker, stack, firstCatalogue(new Date().toISOString()));
  const container = (name: string) => `${stack}-database-${name}`;
  const query: Restores["query"] = async (at, text) => {
    const client = await connectDatabase(docker, { container: at, database: "app", user: "postgres" });
    try {
      const result = await client.query(text);
      return [result].flat().at(-1)!.rows;
    } finally {
      await client.end();
    }
  };
  const base: Restores["base"] = async (stop, from = "initial") => {
    const state = await readDatabase(docker, container(from), "app");
    if (!state.reachable || !state.base) throw new Error(`expected a base of ${from}`);
    return { kind: "base", label: state.base.label, stop };
  };
  const ask: Restores["ask"] = async ({ from = "initial", backupsAre, ...change }) => {
    const hash = createHash("sha256").update(randomBytes(8)).digest("hex");
    const generation = `restored-${hash.slice(0, 8)}`;
    const catalogue = (await readCatalogue(docker, stack))!;
    const source = catalogue.generations.find(({ name }) => name === from)!;
    const goal: RestoreGoal = {
      stack,
      request: hash,
      generation,
      container: container(generation),
      backupVolume: `${stack}-backups`,
      database: "app",
      source: {
        generation: from,
        container: container(from),
        timeline: source.timeline!,
        serves: servingGeneration(catalogue) === from,
      },
      material: change.material ?? (await base({ kind: "immediate" }, from)),
      expected: { head: null, point: null },
      during: "serve",
      verify: "gate",
      smoke: [],
      drill: false,
      ...change,
    };
    const epoch = randomBytes(6).toString("hex");
    const at = new Date().toISOString();
    await updateCatalogue(docker, stack, (current) => ({
      ...current,
      generations: [
        ...current.generations,
        {
          name: generation,
          index: current.generations.length,
          bornAt: at,
          state: "making",
          request: hash,
          source: { generation: from, timeline: goal.source.timeline },
          timeline: null,
          systemIdentifier: null,
          keepUntil: null,
        },
      ],
      requests: [
        ...current.requests,
        {
          hash,
          target: { kind: "time", at },
          drill: goal.drill,
          recoveryId: "",
          at,
          state: "pending",
          generation,
          goal: JSON.stringify(goal),
          epoch,
          actor: "test",
          reason: "a test",
        },
      ],
    }));
    await makeVolume?.(stack, goal.container);
    await createGeneration(rig, goal, catalogue.generations.length, backupsAre ?? "rw");
    return { generation, container: goal.container, goal, epoch };
  };
  const run: Restores["run"] = async ({ goal, epoch }, other = epoch) =>
    (await runRestore({
      docker,
      goal,
      epoch: other,
      reason: "a test",
      actor: "test",
      journal: async (entry) => {
        journal.push(entry);
        return { at: "" };
      },
      log: (line) => log.push(line),
    })) as RestoreReport;
  return {
    journal,
    log,
    base,
    query,
    ask,
    run,
    restore: async (change) => {
      const asked = await ask(change);
      return { ...asked, ...(await run(asked)) };
    },
    setUp: async ({ generation, container: name }) => {
      await runGoal({ ...goalOf(rig), generation, container: name });
    },
    generation: async (name) => (await readCatalogue(docker, stack))!.generations.find((one) => one.name === name)!,
  };
}

/** The container of a generation that waits for its data, on a volume of its own. */
async function createGeneration(
  rig: DatabaseRig,
  { container, generation }: RestoreGoal,
  index: number,
  backupsAre: "ro" | "rw",
): Promise<void> {
  const labels = { "switchback.test": "recovery", "switchback.stack": rig.stack };
  await docker.createVolume({ Name: container, Labels: labels });
  const made = await docker.createContainer({
    name: container,
    Image: databaseImage,
    Labels: labels,
    Env: [`SWITCHBACK_GENERATION=${generation}`],
    HostConfig: {
      NetworkMode: rig.network,
      Init: true,
      Memory: 512 * 1024 * 1024,
      SecurityOpt: ["no-new-privileges"],
      RestartPolicy: { Name: "unless-stopped" },
      Binds: [`${container}:/var/lib/postgresql/data`, `${rig.stack}-backups:/var/lib/pgbackrest:${backupsAre}`],
    } satisfies Docker.HostConfig,
    NetworkingConfig: {
      EndpointsConfig: { [rig.network]: { IPAMConfig: { IPv4Address: `${rig.prefix}.${16 + index}` } } },
    },
  });
  await made.start();
}

import { randomBytes } from "node:crypto";
import type pg from "pg";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { readCatalogue } from "../../../operations/generations/catalogue.ts";
import { type Catalogue, servingGeneration } from "../../../operations/generations/format.ts";
import { connect, execOk, withShells } from "../../../operations/live/docker.ts";
import type { JournalEntry } from "../../../operations/live/journal.ts";
import { appendJournal } from "../../../operations/live/journal.ts";
import { ensureRecords } from "../../../operations/live/records.ts";
import type { PromotionGoal } from "../../../operations/promotion/goal.ts";
import { type PromotionResult, runPromotion } from "../../../operations/promotion/operation.ts";
import { readRouter } from "../../../operations/router/state.ts";
import { docker } from "../database/rig.ts";
import { createRig as createPooler, type Rig as PoolerRig } from "../pooler/rig.ts";
import { createRestores, type Restores } from "../recovery/rig.ts";

export type Rig = PoolerRig &
  Restores & {
    /** Restores the generation that serves to what it is now, sets it up, and leaves it ready to serve. @returns its name */
    ready(change?: Parameters<Restores["ask"]>[0]): Promise<string>;
    /** The goal of letting a generation serve, from whatever serves now. */
    goal(generation: string, change?: Partial<PromotionGoal>): Promise<PromotionGoal>;
    promote(generation: string, change?: Partial<PromotionGoal>, epoch?: string): Promise<PromotionResult>;
    catalogue(): Promise<Catalogue>;
    serving(): Promise<string>;
    containerOf(generation: string): string;
    running(generation: string): Promise<boolean>;
    /** A session in a generation, past the pooler, as superuser. */
    direct(generation: string): Promise<pg.Client>;
    createRouter(): Promise<void>;
    router(): Promise<Extract<Awaited<ReturnType<typeof readRouter>>, { kind: "read" }>>;
  };

/** PostgreSQL, PgBouncer, catalogue and what a restore needs: generation `initial` serves, with a table `events`. */
export async function createRig(): Promise<Rig> {
  const pooler = await createPooler({ session: true });
  const { stack, prefix } = pooler;
  await ensureRecords(docker, stack);
  const restores = await createRestores(pooler);
  const containerOf = (generation: string) => `${stack}-database-${generation}`;
  const catalogue = async () => (await readCatalogue(docker, stack))!;
  const serving = async () => servingGeneration(await catalogue());
  const direct = (generation: string) =>
    connectDatabase(docker, { container: containerOf(generation), database: "app", user: "postgres" });
  const goal: Rig["goal"] = async (generation, change = {}) => {
    const known = await catalogue();
    const wanted = known.generations.find(({ name }) => name === generation)!;
    const from = known.promotions.at(-1)?.generation ?? null;
    const request = known.requests.find(({ hash, state }) => hash === wanted.request && state === "pending");
    return {
      stack,
      database: "app",
      generation,
      container: containerOf(generation),
      address: `${prefix}.${16 + wanted.index}`,
      kind: from === null ? "first" : request ? "recovery" : "undo",
      request: request?.hash ?? null,
      others: known.generations.filter(({ name }) => name !== generation).map(({ name }) => containerOf(name)),
      leaving:
        from === null || from === generation
          ? null
          : { generation: from, container: containerOf(from), maxCommits: null },
      during: "serve",
      stopSeconds: 120,
      keepDays: 30,
      hold: { maxSeconds: 10, drainSeconds: 1 },
      ...change,
    };
  };
  const rig: Rig = {
    ...pooler,
    ...restores,
    containerOf,
    catalogue,
    serving,
    direct,
    goal,
    ready: async (change = {}) => {
      const from = await serving();
      const at = new Date().toISOString();
      const material = await restores.base({ kind: "time", at, inclusive: true }, from);
      const asked = await restores.restore({ from, material, ...change });
      await restores.setUp(asked);
      return asked.generation;
    },
    promote: async (generation, change = {}, epoch = randomBytes(6).toString("hex")) => {
      const wanted = await goal(generation, change);
      const own = connect();
      const run = {
        docker: own,
        goal: wanted,
        epoch,
        reason: "a test",
        actor: "test",
        journal: (entry: JournalEntry) => {
          restores.journal.push(entry);
          return appendJournal(own, stack, entry);
        },
        log: (line: string) => void restores.log.push(line),
      };
      const shells = ["records", "pooler", "router"].map((name) => `${stack}-${name}`);
      return withShells(own, shells, () => runPromotion(run));
    },
    running: async (generation) => (await docker.getContainer(containerOf(generation)).inspect()).State.Running,
    createRouter: () => createRouter(pooler),
    router: async () => {
      const state = await readRouter(docker, stack);
      if (state.kind !== "read") throw new Error(JSON.stringify(state));
      return state;
    },
  };
  const client = await direct("initial");
  await client.query("create table events (id serial primary key, by text); alter table events owner to app_owner");
  await client.query("grant all on events, events_id_seq to app_app");
  await client.end();
  await rig.promote("initial");
  return rig;
}

const pointer = {
  color: "green",
  mode: "serve",
  canary: { percent: 0, sticky: false },
  releases: { blue: "1.0.0", green: "1.1.0" },
  retryAfterSeconds: 7,
};

/** A router that serves green. */
async function createRouter({ stack, network }: PoolerRig): Promise<void> {
  const name = `${stack}-router`;
  const labels = { "switchback.test": "promotion", "switchback.stack": stack };
  await docker.createVolume({ Name: name, Labels: labels });
  const container = await docker.createContainer({
    name,
    Image: "switchback/router:1",
    Labels: labels,
    HostConfig: { NetworkMode: network, Init: true, Binds: [`${name}:/var/lib/switchback`] },
  });
  await container.start();
  const write = (request: object) => execOk(docker, name, ["switchback-state"], `${JSON.stringify(request)}\n`);
  for (let tries = 0; !(await write({ op: "read" })).includes('"nginx":null'); tries++) {
    if (tries > 100) throw new Error("expected the router to answer within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await write({ op: "pend", epoch: "r1", goal: "g", pointer, targets: { colors: { blue: [], green: [] } } });
  await write({ op: "point", epoch: "r1", pointer });
  await write({ op: "commit", epoch: "r1", goal: "g", pointer });
}

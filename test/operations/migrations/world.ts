import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { pendDatabase } from "../../../operations/database/marker.ts";
import { setUpDatabase, setUpRoles } from "../../../operations/database/setup.ts";
import { type MigrateResult, type MigrateRun, migrate } from "../../../operations/migrations/migrate.ts";
import { pendSchema } from "../../../operations/migrations/schema-state.ts";
import { type Lineage, readLineage } from "../../../stacks/lineage.ts";
import { goalOf } from "../database/goal.ts";
import { createRig, docker, type Rig } from "../database/rig.ts";

/** A PostgreSQL server with the roles of a stack, and databases on it, one per test. */
export interface World {
  readonly rig: Rig;
  database(): Promise<Database>;
  remove(): Promise<void>;
}

export interface Database {
  readonly name: string;
  /** As the migrator. */
  readonly client: pg.Client;
  connect(user: string): Promise<pg.Client>;
  rows(sql: string): Promise<unknown[]>;
  /** Pends and migrates; each run has an epoch of its own unless it names one. */
  migrate(lineage: Lineage, to: string, options?: Partial<MigrateRun>): Promise<MigrateResult>;
}

export async function createWorld(): Promise<World> {
  const rig = await createRig();
  const goal = goalOf(rig);
  const connect = (database: string, user: string) =>
    connectDatabase(docker, { container: rig.container, database, user });
  const admin = await connect("postgres", "postgres");
  await setUpRoles(admin, goal);
  const open: pg.Client[] = [admin];
  let count = 0;
  const track = (client: pg.Client) => {
    open.push(client);
    return client;
  };
  return {
    rig,
    async database() {
      const name = `t${++count}`;
      await admin.query(`create database ${name} owner ${goal.roles.owner.name}`);
      const setup = await connect(name, "postgres");
      await pendDatabase(setup, "setup", "");
      await setUpDatabase(setup, { ...goal, database: name });
      await setup.end();
      const client = track(await connect(name, goal.roles.migrator.name));
      return {
        name,
        client,
        connect: async (user) => track(await connect(name, user)),
        rows: async (sql) => (await client.query(sql)).rows,
        migrate: async (lineage, to, options = {}) => {
          const epoch = options.epoch ?? `epoch-${Math.random()}`;
          await pendSchema(client, epoch, "goal");
          return migrate({ ...defaults(client, lineage, to), ...options, epoch });
        },
      };
    },
    async remove() {
      for (const client of open) await client.end().catch(() => {});
      await rig.remove();
    },
  };
}

const defaults = (client: pg.Client, lineage: Lineage, to: string): MigrateRun => ({
  client,
  lineage,
  to,
  allowDataLoss: {},
  lockTimeoutMs: 300,
  attempts: 2,
  blockers: "fail",
  epoch: "",
  goal: "goal",
  beforeCommit: async () => {},
  log: () => {},
});

/** The lineage of these files. @throws when it has errors */
export function lineageOf(files: Readonly<Record<string, string>>): Lineage {
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const errors: string[] = [];
    const lineage = readLineage(folder, errors);
    if (errors.length > 0) throw new Error(errors.join("\n"));
    return lineage;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const sql = (marks: string, up: string, down?: string): string =>
  `-- switchback: ${marks}\n-- Up Migration\n${up}\n${down === undefined ? "" : `-- Down Migration\n${down}\n`}`;

/** Orders, a note, and a contract that turns price into cents; what each loses on the way back. */
export const orders: Readonly<Record<string, string>> = {
  "1_orders.sql": sql(
    "expand, lossy\n-- loses: orders",
    "create table orders (id text primary key, price numeric not null);",
    "drop table orders;",
  ),
  "2_note.sql": sql(
    "expand, lossy\n-- loses: orders.note",
    "alter table orders add column note text;",
    "alter table orders drop column note;",
  ),
  "3_cents.sql": sql(
    "contract, reversible\n-- lossless: the price is computed from the cents",
    `alter table orders add column cents bigint; update orders set cents = price * 100;
alter table orders drop column price;`,
    `alter table orders add column price numeric; update orders set price = cents / 100.0;
alter table orders alter column price set not null; alter table orders drop column cents;`,
  ),
};

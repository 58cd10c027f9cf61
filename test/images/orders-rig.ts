import { randomBytes, randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { connectDatabase } from "../../operations/database/connect.ts";
import { connect } from "../../operations/live/docker.ts";
import { removeLabelled } from "../../scripts/leftovers.ts";
import { repository } from "../../scripts/project.ts";

const docker = connect();
const password = "only-for-this-test";

export interface OrdersRig {
  /** A superuser's connection to the database. */
  readonly sql: pg.Client;
  /** Applies the project's migrations up or down to a head. */
  migrate(head: number): Promise<void>;
  /** Starts a release on the database and waits until it is live. */
  start(release: string, env?: Readonly<Record<string, string>>): Promise<OrdersContainer>;
  remove(): Promise<void>;
}

export interface OrdersContainer {
  readonly release: string;
  ask(path: string, order?: Readonly<Record<string, unknown>>): Promise<{ status: number; body: unknown }>;
}

/** A PostgreSQL of its own, with the role `app`, on a network of its own. */
export async function createOrdersRig(): Promise<OrdersRig> {
  const name = `orders-db-${randomBytes(3).toString("hex")}`;
  const labels = { "switchback.test": name };
  const subnet = `10.${randomInt(200, 250)}.${randomInt(0, 256)}.0/24`;
  await docker.createNetwork({ Name: name, Labels: labels, IPAM: { Driver: "default", Config: [{ Subnet: subnet }] } });
  const database = await docker.createContainer({
    name,
    Image: "switchback/database:1",
    Env: ["SWITCHBACK_GENERATION=initial"],
    Labels: labels,
    HostConfig: { NetworkMode: name },
  });
  await database.start();
  const sql = await connected(name);
  await sql.query(`create role app login password '${password}'`);
  await sql.query("alter default privileges grant select, insert on tables to app");
  let head = 0;
  return {
    sql,
    migrate: async (to) => {
      for (; head < to; head++) await sql.query(sectionsOf(head + 1).up);
      for (; head > to; head--) await sql.query(sectionsOf(head).down);
    },
    start: async (release, env = {}) => {
      const container = await docker.createContainer({
        Image: `switchback/orders:${release}`,
        Env: Object.entries({ ORDERS_DATABASE_URL_FILE: "/tmp/database-url", ...env }).map(
          ([key, value]) => `${key}=${value}`,
        ),
        Entrypoint: ["sh", "-c", `echo postgresql://app:${password}@${name}/postgres >/tmp/database-url && exec "$@"`],
        Cmd: ["sh", "node", "/app/server.js"],
        Labels: labels,
        ExposedPorts: { "8080/tcp": {} },
        HostConfig: { NetworkMode: name, PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] } },
      });
      await container.start();
      const { NetworkSettings } = await container.inspect();
      const base = `http://127.0.0.1:${NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort}`;
      for (let tries = 0; tries < 100 && !(await fetch(`${base}/live`).catch(() => undefined)); tries++)
        await sleep(50);
      return {
        release,
        ask: async (url, order) => {
          const answer = await fetch(`${base}${url}`, order && { method: "POST", body: JSON.stringify(order) });
          return { status: answer.status, body: await answer.json() };
        },
      };
    },
    remove: async () => {
      await sql.end();
      await removeLabelled(docker, [`switchback.test=${name}`]);
    },
  };
}

async function connected(container: string): Promise<pg.Client> {
  for (let tries = 0; ; tries++) {
    try {
      return await connectDatabase(docker, { container, database: "postgres", user: "postgres" });
    } catch (error) {
      if (tries === 60) throw error;
      await sleep(250);
    }
  }
}

function sectionsOf(head: number): { up: string; down: string } {
  const folder = path.join(repository, "migrations");
  const file = readdirSync(folder).find((name) => name.startsWith(`000${head}_`) && !name.includes(".verify."));
  const [, up = "", down = ""] = readFileSync(path.join(folder, file ?? ""), "utf8").split(
    /^-- (?:Up|Down) Migration$/m,
  );
  return { up, down };
}

import pg from "pg";
import { pack } from "tar-stream";
import { renderPooler } from "../../../components/pooler-conf.ts";
import type { PoolerState } from "../../../operations/pooler/state.ts";
import { readPooler } from "../../../operations/pooler/state.ts";
import { type PoolerRequest, type PoolerWritten, writePooler } from "../../../operations/pooler/writer.ts";
import { rolePassword } from "../../../stacks/passwords.ts";
import { type ColorName, colors } from "../../../stacks/schema.ts";
import { database } from "../../../stacks/schema-database.ts";
import { goalOf, runGoal, secret } from "../database/goal.ts";
import { createRig as createDatabase, type Rig as DatabaseRig, docker } from "../database/rig.ts";

export interface Rig extends DatabaseRig {
  readonly pooler: string;
  /** A client of a color's entry, as a service has it. */
  client(color: ColorName, options?: { entry?: string; role?: ColorName; applicationName?: string }): pg.Client;
  /** A connected client. */
  open(color: ColorName, entry?: string): Promise<pg.Client>;
  /** Begins an operation, unless a request is `pend` itself, and sends the request. */
  write(request: PoolerRequest): Promise<PoolerWritten>;
  state(): Promise<Extract<PoolerState, { kind: "read" }>>;
  restart(): Promise<void>;
}

/** PostgreSQL and PgBouncer without Pulumi. A database `app` with a table `orders`, which both colors may use. */
export async function createRig(options: { session?: boolean; poolSize?: number } = {}): Promise<Rig> {
  const rig = await createDatabase();
  await runGoal(goalOf(rig));
  const pooler = `${rig.stack}-pooler`;
  const { pooler: config } = database.parse({ name: "app", secret: "S", pooler: { poolSize: options.poolSize ?? 5 } });
  const password = (color: ColorName) => rolePassword(secret, rig.stack, `app_${color}`);
  const labels = { "switchback.test": "pooler", "switchback.stack": rig.stack };
  await docker.createVolume({ Name: pooler, Labels: labels });
  const container = await docker.createContainer({
    name: pooler,
    Image: "switchback/pooler:1",
    Labels: labels,
    Env: [
      `SWITCHBACK_STACK=${rig.stack}`,
      "SWITCHBACK_DATABASE=app",
      "SWITCHBACK_GENERATION=initial",
      `SWITCHBACK_ADDRESS=${rig.address}`,
      ...(options.session ? ["SWITCHBACK_SESSION=1"] : []),
    ],
    ExposedPorts: { "6432/tcp": {} },
    HostConfig: {
      NetworkMode: rig.network,
      Init: true,
      Memory: 64 * 1024 * 1024,
      SecurityOpt: ["no-new-privileges"],
      PortBindings: { "6432/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
      Binds: [`${pooler}:/var/lib/switchback`],
    },
  });
  const files = pack();
  files.entry({ name: "etc/switchback/pgbouncer.ini" }, renderPooler(config));
  files.entry({ name: "run/secrets/userlist.txt" }, colors.map((c) => `"app_${c}" "${password(c)}"\n`).join(""));
  files.finalize();
  await container.putArchive(files as unknown as NodeJS.ReadableStream, { path: "/" });
  await container.start();
  let port = 0;
  const findPort = async () => {
    port = Number((await container.inspect()).NetworkSettings.Ports["6432/tcp"]![0]!.HostPort);
  };
  await findPort();
  const client: Rig["client"] = (color, { entry, role = color, applicationName } = {}) => {
    const made = new pg.Client({
      host: "127.0.0.1",
      port,
      database: entry ?? `app_${color}`,
      user: `app_${role}`,
      password: password(role),
      application_name: applicationName,
    });
    made.on("error", () => {});
    return made;
  };
  const state = async () => {
    const read = await readPooler(docker, rig.stack);
    if (read.kind !== "read") throw new Error(`expected a readable pooler, got ${JSON.stringify(read)}`);
    return read;
  };
  const untilAnswered = async () => {
    for (let tries = 0; tries < 100; tries++) {
      if ((await readPooler(docker, rig.stack)).kind === "read") return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("expected the pooler to answer");
  };
  await untilAnswered();
  return {
    ...rig,
    pooler,
    client,
    open: async (color, entry) => {
      const made = client(color, entry ? { entry } : {});
      await made.connect();
      return made;
    },
    write: async (request) => {
      if (request.op !== "pend") await writePooler(docker, rig.stack, { op: "pend", epoch: request.epoch, goal: "g" });
      return writePooler(docker, rig.stack, request);
    },
    state,
    restart: async () => {
      await container.restart({ t: 5 });
      await findPort();
      await untilAnswered();
    },
  };
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { readDatabase } from "../../../operations/database/state.ts";
import { ensureRecords } from "../../../operations/live/records.ts";
import type { RestoreGoal } from "../../../operations/recovery/goal.ts";
import type { Pointer } from "../../../operations/router/goal.ts";
import { readRouter } from "../../../operations/router/state.ts";
import { firstWrite, write } from "../../../operations/router/writer.ts";
import { goalOf, runGoal } from "../database/goal.ts";
import { docker } from "../database/rig.ts";
import { createRig as createPooler, type Rig as PoolerRig } from "../pooler/rig.ts";
import { createRestores, type Restores } from "./rig.ts";

let rig: PoolerRig & Restores;
beforeAll(async () => {
  const pooler = await createPooler({ session: true });
  await ensureRecords(docker, pooler.stack);
  rig = { ...pooler, ...(await createRestores(pooler)) };
  await rig.query(rig.container, "set role app_owner; create table events (id int primary key)");
  await createRouter();
});
afterAll(() => rig?.remove());

const pointer: Pointer = {
  color: "green",
  mode: "serve",
  canary: { percent: 10, sticky: false },
  releases: { blue: "1.0.0", green: "1.1.0" },
  retryAfterSeconds: 7,
};

/** A router that serves green; what breaks the glass may choose is known to it. */
async function createRouter(): Promise<void> {
  const name = `${rig.stack}-router`;
  const labels = { "switchback.test": "recovery", "switchback.stack": rig.stack };
  await docker.createVolume({ Name: name, Labels: labels });
  const container = await docker.createContainer({
    name,
    Image: "switchback/router:1",
    Labels: labels,
    HostConfig: { NetworkMode: rig.network, Init: true, Binds: [`${name}:/var/lib/switchback`] },
  });
  await container.start();
  const targets = { colors: { blue: [], green: [] } };
  await firstWrite(docker, name, { op: "pend", epoch: "r1", goal: "g", pointer, targets });
  await write(docker, name, { op: "point", epoch: "r1", pointer });
  await write(docker, name, { op: "commit", epoch: "r1", goal: "g", pointer });
}

const router = async () => {
  const state = await readRouter(docker, rig.stack);
  if (state.kind !== "read") throw new Error(JSON.stringify(state));
  return state;
};
const insert = async (id: number, entry?: string) => {
  const client = await rig.open("green", entry);
  try {
    await client.query("insert into events values ($1)", [id]);
  } finally {
    await client.end();
  }
};
/** What cannot be reached: the operation has everything but that. */
const unreachable = async (during: RestoreGoal["during"]) => {
  const at = new Date(Date.now() + 3_600_000).toISOString();
  return rig.ask({ during, material: await rig.base({ kind: "time", at, inclusive: false }) });
};

it("shows maintenance with no database behind it, and leaves it so for the promotion", async () => {
  const session = await rig.open("green", "app_green_session");
  const asked = await rig.ask({ during: "maintenance" });
  await rig.run(asked);
  expect((await router()).memory).toEqual({ ...pointer, mode: "maintenance" });
  expect((await router()).file?.marker).toMatchObject({ epoch: "r1", goal: "g", pending: { epoch: asked.epoch } });
  expect((await rig.state()).acting.open).toEqual({ blue: false, green: false });
  expect((await rig.state()).file?.pending?.epoch).toBe(asked.epoch);
  await expect(session.query("select 1")).rejects.toThrow();
  await expect(insert(1)).rejects.toThrow();
  const targets = await rig.sh(`${rig.stack}-router`, "cat /var/lib/switchback/targets.json");
  expect(JSON.parse(targets)).toMatchObject({ colors: { blue: [], green: [] } });
  await rig.write({ op: "set", epoch: "after", open: { blue: true, green: true } });
  await write(docker, `${rig.stack}-router`, { op: "point", epoch: asked.epoch, pointer });
  await write(docker, `${rig.stack}-router`, { op: "clear", epoch: asked.epoch });
});

it("gives back what the application had when the restore fails, an entry that was closed included", async () => {
  await rig.write({ op: "set", epoch: "mine", open: { blue: false, green: true } });
  await rig.write({ op: "clear", epoch: "mine" });
  await expect(rig.run(await unreachable("maintenance"))).rejects.toThrow("nothing has switched");
  const { memory, file } = await router();
  expect(memory).toEqual(pointer);
  expect(file?.marker).toMatchObject({ epoch: "r1", goal: "g", pending: null });
  expect((await rig.state()).acting.open).toEqual({ blue: false, green: true });
  expect((await rig.state()).file?.pending).toBeNull();
  await insert(2);
  await rig.write({ op: "set", epoch: "after", open: { blue: true, green: true } });
});

it("takes the writes away, from sessions that are open too, and gives them back when it fails", async () => {
  const session = await rig.open("green", "app_green_session");
  await session.query("select 1");
  const asked = await unreachable("readonly");
  const running = rig.run(asked).catch((error: Error) => error.message);
  await expect
    .poll(() => rig.log.join("\n"), { timeout: 20_000, interval: 50 })
    .toContain("read-only: writes of the application fail");
  await expect(insert(3)).rejects.toThrow("cannot execute INSERT in a read-only transaction");
  await expect(insert(3, "app_green_session")).rejects.toThrow("cannot execute INSERT in a read-only transaction");
  await expect(session.query("insert into events values (3)")).rejects.toThrow();
  const reader = await rig.open("blue");
  expect((await reader.query("select id from events order by id")).rows).toEqual([{ id: 2 }]);
  await reader.end();
  expect((await router()).memory).toEqual(pointer);
  expect(await running).toContain("nothing has switched");
  await insert(3);
  await insert(4, "app_green_session");
  const state = await readDatabase(docker, rig.container, "app");
  expect(state).toMatchObject({ reachable: true, marker: { pending: null } });
});

it("gives the writes back by the database's own operation, when nobody else did", async () => {
  const asked = await rig.ask({ during: "readonly" });
  await rig.run(asked);
  await expect(insert(5)).rejects.toThrow("read-only transaction");
  const state = await readDatabase(docker, rig.container, "app");
  expect(state).toMatchObject({ reachable: true, marker: { pending: { epoch: asked.epoch } } });
  await runGoal(goalOf(rig));
  await rig.write({ op: "reconnect", epoch: "after" });
  await expect
    .poll(() =>
      insert(5).then(
        () => "written",
        (error: Error) => error.message,
      ),
    )
    .toBe("written");
});

it("gives back what the application had when a generation that is ready cannot be set up", async () => {
  const asked = await rig.ask({ during: "maintenance" });
  await rig.run(asked);
  expect((await router()).memory).toEqual({ ...pointer, mode: "maintenance" });
  const { generation, container } = asked;
  const { roles, ...goal } = goalOf(rig);
  const wrong = { ...goal, generation, container, roles: { ...roles, blue: { name: "", verifier: "x" } } };
  const env = { ...process.env, SWITCHBACK_DATABASE_GOAL: JSON.stringify(wrong), SWITCHBACK_EPOCH: "set-up" };
  const program = promisify(execFile)(process.execPath, ["operations/database.ts"], { env });
  await expect(program).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("zero-length") });
  expect((await router()).memory).toEqual(pointer);
  expect((await rig.state()).acting.open).toEqual({ blue: true, green: true });
  await rig.write({ op: "reconnect", epoch: "after" });
  await insert(7);
});

it("leaves the application alone with `serve`", async () => {
  const client = await connectDatabase(docker, { container: rig.container, database: "app", user: "app_green" });
  const made = await rig.restore({ during: "serve" });
  await client.query("insert into events values (6)");
  await client.end();
  expect((await router()).memory).toEqual(pointer);
  expect((await rig.state()).acting.open).toEqual({ blue: true, green: true });
  expect(made.state).toBe("ready");
});

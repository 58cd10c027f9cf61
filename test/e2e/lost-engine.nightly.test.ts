import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exec, execOk } from "../../operations/live/docker.ts";
import { readRecord } from "../../operations/live/records.ts";
import { databaseStack, query } from "./database.ts";
import { ask, docker, engine, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
});
afterAll(() => stack.cleanup());

async function order(id: string): Promise<void> {
  const body = JSON.stringify({ id, item: "tea", price: 2 });
  await until(30, 201, async () => (await ask(`${stack.url}/orders`, { method: "POST", body })).status);
}

const orders = async () => (await query(stack, "select id from orders order by id")).map(({ id }) => id);

async function until<T>(seconds: number, wanted: T, look: () => Promise<T>): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look().catch((error: Error) => error.message);
    if (found === wanted || Date.now() > end) return expect(found).toEqual(wanted);
    await sleep(300);
  }
}

it("comes back by itself when every process is killed at once, as when the Docker host loses its power", async () => {
  await order("a");
  const found = await docker.listContainers({ filters: { label: [`switchback.stack=${stack.stack}`] } });
  await Promise.all(found.map(({ Id }) => exec(docker, Id, ["sh", "-c", "kill -9 -1"]).catch(() => {})));
  await until(60, "200 green 2.0.0", () => served(stack));
  await order("b");
  expect(await orders()).toEqual(["a", "b"]);
  await stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes", "--engine", engine);
});

it("makes a container of the database that is gone anew, on the volume that stayed", async () => {
  await docker.getContainer(stack.container("database-initial")).remove({ force: true });
  await stack.ok("up", "--yes", "--skip-preview", "--refresh", "--engine", engine);
  await until(30, "200 green 2.0.0", () => served(stack));
  expect(await orders()).toEqual(["a", "b"]);
  await order("c");
});

it("restores the data when its volume is empty too, up to what was archived", async () => {
  await sleep(1500);
  const targetTime = new Date().toISOString();
  await sleep(1500);
  await order("late");
  await query(stack, "select pg_switch_wal()");
  const unarchived = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'";
  await until(30, "0", async () => String((await query(stack, unarchived))[0]?.count));
  const database = stack.container("database-initial");
  await docker.getContainer(database).remove({ force: true });
  await execOk(docker, `${database}-keeper`, ["sh", "-c", "rm -rf /data/*"]);
  stack.set({ targetTime });
  await stack.ok("up", "--yes", "--skip-preview", "--refresh", "--engine", engine);
  expect(await orders()).toEqual(["a", "b", "c"]);
  await order("after");
});

it("begins again on another host, with the volumes of backups and records alone", async () => {
  await sleep(1500);
  const targetTime = new Date().toISOString();
  await sleep(1500);
  await order("never archived");
  await query(stack, "select pg_switch_wal()");
  await sleep(3000);
  const label = [`switchback.stack=${stack.stack}`];
  const all = await docker.listContainers({ all: true, filters: { label } });
  await Promise.all(all.map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
  for (const { Id } of await docker.listNetworks({ filters: { label } })) await docker.getNetwork(Id).remove();
  const brought = ["backups", "records"].map((name) => stack.container(name));
  const { Volumes } = await docker.listVolumes({ filters: { label } });
  for (const { Name } of Volumes) if (!brought.includes(Name)) await docker.getVolume(Name).remove();
  for (const folder of ["state", "pulumi"])
    rmSync(join(stack.dir, ".switchback", folder), { recursive: true, force: true });
  // What docs/runbooks/lost-engine.md says: the records' keeper, somebody who can read the repository, and the state.
  await stack.ok("evidence", "list", "--engine", engine);
  const images = JSON.parse(readFileSync(join(stack.dir, ".switchback/images.json"), "utf8"));
  const reader = await docker.createContainer({
    name: stack.container("scheduler"),
    Image: images["switchback/database:1"],
    Entrypoint: ["sleep", "infinity"],
    Labels: { "switchback.stack": stack.stack },
    HostConfig: { NetworkMode: "none", Binds: [`${stack.container("backups")}:/var/lib/pgbackrest`] },
  });
  await reader.start();
  await stack.switchback("stack", "init", "--engine", engine);
  const state = join(stack.dir, "state.json");
  writeFileSync(state, (await readRecord(docker, stack.stack, "state.json")) ?? "");
  await stack.ok("stack", "import", "--file", state, "--engine", engine);
  stack.set({ targetTime, accept: ["disk"] });
  await stack.ok("up", "--yes", "--skip-preview", "--refresh", "--engine", engine);
  expect(await orders()).toEqual(["a", "after", "b", "c"]);
  expect(await served(stack)).toBe("200 green 2.0.0");
});

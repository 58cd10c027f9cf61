import { fork } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { createRig, docker, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig?.remove());

const open = (user = "postgres") => connectDatabase(docker, { container: rig.container, database: "postgres", user });

it("queries through the Docker API, with large answers too, and as any role", async () => {
  const client = await open();
  const { rows } = await client.query("select repeat('x', 3000000) as text");
  expect(rows[0].text).toHaveLength(3_000_000);
  await client.query("create role clerk login");
  const clerk = await open("clerk");
  expect((await clerk.query("select current_user as name")).rows).toEqual([{ name: "clerk" }]);
  await clerk.end();
  await client.end();
});

it("is checksummed, collates by bytes, keeps commit times and archives", async () => {
  const client = await open();
  const names = ["data_checksums", "track_commit_timestamp", "wal_level", "archive_mode", "archive_timeout"];
  const { rows } = await client.query("select name, setting from pg_settings where name = any($1)", [names]);
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    data_checksums: "on",
    track_commit_timestamp: "on",
    wal_level: "replica",
    archive_mode: "on",
    archive_timeout: "60",
  });
  const locale = await client.query("select datlocprovider, datlocale from pg_database where datname = 'template1'");
  expect(locale.rows).toEqual([{ datlocprovider: "b", datlocale: "C.UTF-8" }]);
  await client.end();
});

it("says which container cannot be reached, and why", async () => {
  const gone = connectDatabase(docker, { container: "no-such-container", database: "postgres", user: "postgres" });
  await expect(gone).rejects.toThrow(
    "expected to reach database postgres in no-such-container, got: no such container",
  );
  const other = connectDatabase(docker, { container: rig.container, database: "nowhere", user: "postgres" });
  await expect(other).rejects.toThrow('got: database "nowhere" does not exist');
});

it("ends the open transaction and the running query of a process that is killed", async () => {
  const client = await open();
  await client.query("create table held (id int)");
  const child = fork(new URL("./holder.ts", import.meta.url), [rig.container]);
  await new Promise<void>((resolve) => child.once("message", () => resolve()));
  const locks = () =>
    client.query("select 1 from pg_stat_activity where application_name = 'switchback' and query like '%pg_sleep%'");
  await expect.poll(async () => (await locks()).rowCount).toBe(2);
  child.kill("SIGKILL");
  await expect.poll(async () => (await locks()).rowCount).toBe(1);
  await client.query("begin; lock table held in access exclusive mode nowait; rollback");
  await client.end();
});

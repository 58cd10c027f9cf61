import type pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { writePooler } from "../../../operations/pooler/writer.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ session: true });
  const migrator = await connectDatabase(docker, { container: rig.container, database: "app", user: "app_migrator" });
  await migrator.query("create table orders (id serial primary key, item text)");
  await migrator.end();
});
afterAll(() => rig?.remove());
afterEach(() => rig.write({ op: "resume", epoch: "after" }));

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const reaches = async (used: pg.Client): Promise<boolean> => {
  try {
    await used.query("select 1");
    return true;
  } catch {
    // PgBouncer cuts a client that asks while no login to the server has succeeded since one failed.
    const fresh = rig.client("green");
    return fresh
      .connect()
      .then(() => fresh.query("select 1"))
      .then(
        () => true,
        () => false,
      )
      .finally(() => fresh.end());
  }
};

/** Writes orders until it is stopped, as a service that opens a connection for each request. */
function writer(color: "blue" | "green") {
  const waits: number[] = [];
  const failures: string[] = [];
  let stopped = false;
  const work = (async () => {
    while (!stopped) {
      const began = performance.now();
      const client = rig.client(color);
      try {
        await client.connect();
        await client.query("insert into orders (item) values ($1)", [color]);
      } catch (error) {
        failures.push((error as Error).message);
      } finally {
        await client.end().catch(() => {});
      }
      waits.push(performance.now() - began);
    }
  })();
  const stop = async () => {
    stopped = true;
    await work;
    return { writes: waits.length, longest: Math.max(...waits), failures };
  };
  return { stop };
}

it("lets queries wait, those of clients that connect for each request too, and goes on at the resume", async () => {
  const kept = await rig.open("green");
  const writers = [writer("blue"), writer("green"), writer("green")];
  await sleep(300);
  await rig.write({ op: "pause", epoch: "p1", seconds: 20 });
  const before = (await rig.state()).entries;
  expect(before.filter(({ paused }) => paused).map(({ name }) => name)).toContain("app_green");
  const held = kept.query("select count(*)::int as rows from orders");
  const opened = rig.open("blue");
  await sleep(1000);
  expect(await Promise.race([held, sleep(10)])).toBeUndefined();
  await rig.write({ op: "resume", epoch: "p1" });
  expect((await held).rows[0].rows).toBeGreaterThan(0);
  await (await opened).end();
  await kept.end();
  for (const { failures, longest, writes } of await Promise.all(writers.map((one) => one.stop()))) {
    expect(failures).toEqual([]);
    expect(longest).toBeGreaterThan(900);
    expect(writes).toBeGreaterThan(5);
  }
});

it("cuts session entries, says how many, and refuses them until the resume", async () => {
  const listener = await rig.open("green", "app_green_session");
  await listener.query("listen news");
  const { cut } = await rig.write({ op: "pause", epoch: "p2", seconds: 20 });
  expect(cut).toBe(1);
  await expect(rig.open("green", "app_green_session")).rejects.toThrow(/is disabled|no such database/);
  await rig.write({ op: "resume", epoch: "p2" });
  const again = await rig.open("green", "app_green_session");
  await again.query("listen news");
  await again.end();
});

it("goes on by itself when the lease runs out", async () => {
  const client = await rig.open("green");
  await rig.write({ op: "pause", epoch: "p3", seconds: 1 });
  const began = performance.now();
  await client.query("select 1");
  expect(performance.now() - began).toBeLessThan(8000);
  expect((await rig.state()).file).toMatchObject({ pause: null, pending: { epoch: "p3" } });
  await client.end();
});

it("says that a transaction did not end within the lease, which ends then", async () => {
  const client = await rig.open("green");
  await client.query("begin; select 1");
  const paused = rig.write({ op: "pause", epoch: "p4", seconds: 1.5 });
  await expect(paused).rejects.toThrow("expected the open transactions to end within the pause");
  await client.query("commit");
  await expect.poll(async () => (await rig.state()).entries.some(({ paused }) => paused)).toBe(false);
  await client.end();
});

it("waits for a transaction under way, then pauses", async () => {
  const client = await rig.open("green");
  await client.query("begin; insert into orders (item) values ('last')");
  const paused = rig.write({ op: "pause", epoch: "p5", seconds: 20 });
  await sleep(400);
  await client.query("commit");
  expect((await paused).file.pause).not.toBeNull();
  await rig.write({ op: "resume", epoch: "p5" });
  await client.end();
});

it("lets nothing past a pause when PgBouncer is killed in it: it refuses until the end of the lease", async () => {
  await rig.write({ op: "pause", epoch: "p6", seconds: 3 });
  await rig.sh(rig.pooler, "kill -9 $(pidof pgbouncer)");
  await expect.poll(async () => (await rig.state().catch(() => undefined))?.file?.pause?.refused).toBe(true);
  await expect(rig.open("green")).rejects.toThrow("no such database");
  await expect
    .poll(() =>
      rig.open("green").then(
        (client) => client.end(),
        () => "refused",
      ),
    )
    .toBe(undefined);
});

it("points at another generation while paused, and by hand", async () => {
  await rig.write({ op: "pause", epoch: "p7", seconds: 20 });
  await writePooler(docker, rig.stack, { op: "point", epoch: "p7", generation: "other", address: "10.255.255.1" });
  await writePooler(docker, rig.stack, { op: "point", epoch: "p7", generation: "initial", address: rig.address });
  await writePooler(docker, rig.stack, { op: "resume", epoch: "p7" });
  const client = await rig.open("green");
  await client.query("select 1");
  await rig.write({ op: "point", epoch: "p8", generation: "other", address: "10.255.255.1" });
  expect(await rig.sh(rig.pooler, "switchback-pooler point initial")).toContain(`initial at ${rig.address}`);
  await expect.poll(() => reaches(client)).toBe(true);
  await client.end();
});

it("makes new server connections on request, so that a changed schema breaks no prepared statement", async () => {
  const client = await rig.open("green");
  const orders = { name: "orders", text: "select * from orders limit 1" };
  await client.query(orders);
  const migrator = await connectDatabase(docker, { container: rig.container, database: "app", user: "app_migrator" });
  await migrator.query("alter table orders add discount int");
  await rig.write({ op: "reconnect", epoch: "r1" });
  expect((await client.query(orders)).fields.map(({ name }) => name)).toContain("discount");
  await migrator.end();
  await client.end();
});

it("goes on as soon as a database that was away is back", async () => {
  const client = await rig.open("green");
  await client.query("select 1");
  await docker.getContainer(rig.container).restart({ t: 10 });
  await expect.poll(() => reaches(client)).toBe(true);
  await client.end();
});

it("pauses and goes on again and again, under load, without an error", async () => {
  const writers = [writer("green"), writer("green"), writer("blue")];
  for (let round = 0; round < 4; round++) {
    await rig.write({ op: "pause", epoch: "p9", seconds: 20 });
    await sleep(150);
    await rig.write({ op: "resume", epoch: "p9" });
    await sleep(150);
  }
  for (const { failures } of await Promise.all(writers.map((one) => one.stop()))) expect(failures).toEqual([]);
});

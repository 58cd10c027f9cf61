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
afterEach(() => rig.write({ op: "set", epoch: "after", open: { blue: true, green: true } }));

const one = async (color: "blue" | "green") => {
  const client = await rig.open(color);
  try {
    return (await client.query("select 1 as one")).rows[0].one;
  } finally {
    await client.end();
  }
};
const refused = /database "app_\w+" is disabled|no such database: app_/;
const entry = async (name: string) => (await rig.state()).entries.find((found) => found.name === name);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it("lets both colors in at the first boot, each to its own entries alone", async () => {
  expect(await Promise.all([one("blue"), one("green")])).toEqual([1, 1]);
  const stranger = rig.client("blue", { role: "green" });
  await expect(stranger.connect()).rejects.toThrow("no authentication method is found");
  expect((await rig.state()).file).toMatchObject({
    generation: "initial",
    address: rig.address,
    open: { blue: true, green: true },
    fence: null,
  });
});

it("cuts a fenced color at once, refuses it, and leaves the other alone", async () => {
  const [green, idle, session, blue] = [
    await rig.open("green"),
    await rig.open("green"),
    await rig.open("green", "app_green_session"),
    await rig.open("blue"),
  ];
  const running = green.query("select pg_sleep(30)").catch((error: Error) => error.message);
  await sleep(100);
  const began = performance.now();
  const { cut, file } = await rig.write({ op: "fence", epoch: "f1", color: "green", seconds: 30, then: "open" });
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(cut).toBe(3);
  expect(file.fence).toMatchObject({ color: "green", then: "open" });
  expect(await running).toMatch("database removed");
  await expect(idle.query("select 1")).rejects.toThrow();
  await expect(session.query("select 1")).rejects.toThrow();
  await expect(one("green")).rejects.toThrow(refused);
  expect((await blue.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await blue.end();

  const again = await rig.write({ op: "fence", epoch: "f1", color: "green", seconds: 60, then: "closed" });
  expect(again).toMatchObject({ cut: 0, file: { fence: { then: "closed", since: file.fence?.since } } });

  await rig.write({ op: "set", epoch: "f1", open: { blue: true, green: true } });
  expect(await one("green")).toBe(1);
});

it("gives the database back when the lease runs out, with nobody there", async () => {
  await rig.write({ op: "fence", epoch: "f2", color: "green", seconds: 0.8, then: "open" });
  await expect(one("green")).rejects.toThrow(refused);
  await sleep(1200);
  expect(await one("green")).toBe(1);
  expect((await rig.state()).file).toMatchObject({ fence: null, open: { green: true }, pending: { epoch: "f2" } });
});

it("leaves the color closed when the lease that runs out says so, and after a restart too", async () => {
  await rig.write({ op: "fence", epoch: "f3", color: "green", seconds: 0.5, then: "closed" });
  await expect.poll(async () => (await rig.state()).file?.open.green).toBe(false);
  await expect(one("green")).rejects.toThrow(refused);
  await rig.restart();
  await expect(one("green")).rejects.toThrow(refused);
  expect(await one("blue")).toBe(1);
  expect((await rig.state()).entries.map(({ name }) => name)).toEqual(["app_blue", "app_blue_session"]);
  await rig.write({ op: "set", epoch: "f3", open: { blue: true, green: true } });
  expect(await one("green")).toBe(1);
});

it("keeps a fence through a kill of PgBouncer, and ends it in time", async () => {
  await rig.write({ op: "fence", epoch: "f4", color: "green", seconds: 2.5, then: "open" });
  await rig.sh(rig.pooler, "kill -9 $(pidof pgbouncer)");
  await expect.poll(() => one("blue").catch(() => 0)).toBe(1);
  await expect(one("green")).rejects.toThrow(refused);
  await expect.poll(() => one("green").catch(() => 0)).toBe(1);
  expect(await entry("app_green")).toMatchObject({ disabled: false, paused: false });
});

it("ends a fence in time when its watcher was killed, and its container too", async () => {
  await rig.write({ op: "fence", epoch: "f5", color: "green", seconds: 1.5, then: "open" });
  await rig.sh(rig.pooler, "kill -9 $(pgrep -f '[b]in/switchback-pooler-watch')");
  await expect.poll(() => one("green").catch(() => 0)).toBe(1);
  await rig.write({ op: "fence", epoch: "f6", color: "green", seconds: 1, then: "open" });
  await docker.getContainer(rig.pooler).kill();
  await rig.restart();
  await expect.poll(() => one("green").catch(() => 0)).toBe(1);
});

it("refuses an operation after another has begun", async () => {
  await rig.write({ op: "pend", epoch: "new", goal: "g" });
  const stale = writePooler(docker, rig.stack, { op: "fence", epoch: "old", color: "blue", seconds: 9, then: "open" });
  await expect(stale).rejects.toThrow("epoch old may not act: pending names new");
  expect(await one("blue")).toBe(1);
});

it("keeps goal and epoch of the operation that finished, in one write with the end of pending", async () => {
  await rig.write({ op: "pend", epoch: "done", goal: "wanted" });
  const committed = await writePooler(docker, rig.stack, { op: "commit", epoch: "done", goal: "wanted" });
  expect(committed.file).toMatchObject({ marker: { epoch: "done", goal: "wanted" }, pending: null });
  await rig.write({ op: "pend", epoch: "undone", goal: "other" });
  const cleared = await writePooler(docker, rig.stack, { op: "clear", epoch: "undone" });
  expect(cleared.file).toMatchObject({ marker: { epoch: "done", goal: "wanted" }, pending: null });
});

it("opens and closes by hand, which takes an operation under way its right to act", async () => {
  await rig.write({ op: "pend", epoch: "under-way", goal: "g" });
  expect(await rig.sh(rig.pooler, "switchback-pooler close green")).toContain("open: blue;");
  await expect(one("green")).rejects.toThrow(refused);
  const late = writePooler(docker, rig.stack, { op: "commit", epoch: "under-way", goal: "g" });
  await expect(late).rejects.toThrow("epoch under-way may not act: pending names by-hand-");
  expect(await rig.sh(rig.pooler, "switchback-pooler open green")).toContain("open: blue, green;");
  expect(await one("green")).toBe(1);
});

it("opens nothing from a broken file, and keeps it as evidence", async () => {
  const whole = await rig.sh(rig.pooler, "cat /var/lib/switchback/pooler.json");
  await rig.sh(rig.pooler, "echo '{\"open\":' > /var/lib/switchback/pooler.json");
  expect((await rig.state()).file).toBeNull();
  await rig.restart();
  await expect(one("blue")).rejects.toThrow(refused);
  expect(await rig.sh(rig.pooler, "cat /var/lib/switchback/pooler.json.broken")).toBe('{"open":\n');
  await rig.write({ op: "set", epoch: "again", open: { blue: true, green: true } });
  expect(await one("blue")).toBe(1);
  expect(JSON.parse(whole).address).toBe((await rig.state()).file?.address);
});

it("gives the database back without an error, whatever logins to the server the fence caught", async () => {
  for (let round = 0; round < 4; round++) {
    const clients = await Promise.all([1, 2, 3, 4].map(() => rig.open("green")));
    const running = clients.map((client) => client.query("select pg_sleep(0.05)").catch(() => {}));
    await rig.write({ op: "fence", epoch: "f9", color: "green", seconds: 30, then: "open" });
    await Promise.all(running);
    await rig.write({ op: "set", epoch: "f9", open: { blue: true, green: true } });
    expect(await Promise.all([one("green"), one("green")])).toEqual([1, 1]);
  }
});

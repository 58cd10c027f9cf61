import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";
import { startWriters } from "./writers.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.createRouter();
});
afterAll(() => rig?.remove());

const write = async (by: string) => {
  const client = await rig.open("green");
  try {
    await client.query("insert into events (by) values ($1)", [by]);
  } finally {
    await client.end().catch(() => {});
  }
};
const has = async (generation: string, by: string): Promise<boolean> => {
  const client = await rig.direct(generation);
  const { rowCount } = await client.query("select 1 from events where by = $1", [by]);
  await client.end();
  return rowCount === 1;
};
/** What schema and router do after the promotion. */
const endMaintenance = async () => {
  await rig.write({ op: "set", epoch: "schema", open: { blue: true, green: true } });
  await rig.write({ op: "clear", epoch: "schema" });
  const router = `${rig.stack}-router`;
  const pointer = { ...(await rig.router()).memory!, mode: "serve" };
  for (const request of [
    { op: "pend", epoch: "r2", goal: "g", pointer },
    { op: "point", epoch: "r2", pointer },
    { op: "commit", epoch: "r2", goal: "g", pointer },
  ])
    await rig.sh(router, `echo '${JSON.stringify(request)}' | switchback-state >/dev/null`);
};
const nothingHeld = async () => {
  expect((await rig.state()).file).toMatchObject({ pause: null, pending: null });
  expect((await rig.router()).file?.hold).toBeNull();
  expect((await rig.catalogue()).marker.pending).toBeNull();
};
afterEach(async () => {
  if ((await rig.router()).memory?.mode === "maintenance") await endMaintenance();
});

/** An address at which nobody answers: the switch fails when everything else is ready. */
const nowhere = () => ({ address: `${rig.prefix}.250` });

it("in maintenance switches what is closed already, and leaves the opening to what follows", async () => {
  const generation = await rig.ready({ during: "maintenance" });
  expect((await rig.router()).memory?.mode).toBe("maintenance");
  await expect(write("nobody")).rejects.toThrow();
  const { heldSeconds } = await rig.promote(generation, { during: "maintenance" });
  expect(heldSeconds).toBe(0);
  expect((await rig.state()).file).toMatchObject({ generation, open: { blue: false, green: false }, pause: null });
  expect((await rig.router()).memory?.mode).toBe("maintenance");
  expect(await rig.running("initial")).toBe(false);
  await endMaintenance();
  await write("after maintenance");
  expect(await has(generation, "after maintenance")).toBe(true);
});

it("gives the application back what it had when the switch after a maintenance fails, and makes it when run again", async () => {
  const from = await rig.serving();
  const generation = await rig.ready({ during: "maintenance" });
  const failing = rig.promote(generation, { during: "maintenance", ...nowhere() });
  await expect(failing).rejects.toThrow(`expected both colors to reach app at ${rig.prefix}.250 from the pooler`);
  expect((await rig.router()).memory?.mode).toBe("serve");
  expect((await rig.state()).file).toMatchObject({ generation: from, open: { blue: true, green: true } });
  await write("back again");
  expect(await has(from, "back again")).toBe(true);
  await nothingHeld();
  const { requests } = await rig.catalogue();
  expect(requests.at(-1)).toMatchObject({ generation, state: "pending" });
  await expect(
    rig.sh(rig.containerOf(generation), "cat /var/lib/postgresql/data/isolated_hba.conf"),
  ).resolves.toContain("reject");
  await rig.promote(generation, { during: "maintenance" });
  await write("on the new one");
  expect(await has(generation, "on the new one")).toBe(true);
  await nothingHeld();
}, 120_000);

it("while it was read-only, lets writes succeed again on the new generation, and on the old one when it fails", async () => {
  const from = await rig.serving();
  const generation = await rig.ready({ during: "readonly" });
  await expect(write("nobody")).rejects.toThrow("read-only transaction");
  await expect(rig.promote(generation, { during: "readonly", ...nowhere() })).rejects.toThrow("expected both colors");
  await write("on the old one");
  expect(await has(from, "on the old one")).toBe(true);
  const again = await rig.ready({ during: "readonly" });
  await rig.promote(again, { during: "readonly" });
  await write("writable again");
  expect(await has(again, "writable again")).toBe(true);
  await nothingHeld();
}, 120_000);

it("while it was served, moves nothing when more was written than may stay behind; what is allowed stays behind", async () => {
  const from = await rig.serving();
  const generation = await rig.ready();
  const writers = startWriters(rig, "served");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const leaving = { generation: from, container: rig.containerOf(from), maxCommits: 5 };
  await expect(rig.promote(generation, { leaving })).rejects.toThrow(`allowDataLoss.${from} `);
  expect(await rig.serving()).toBe(from);
  await nothingHeld();
  const { behind } = await rig.promote(generation, { leaving: { ...leaving, maxCommits: 1_000_000 } });
  const { acknowledged, failures } = await writers.stop();
  expect(failures).toEqual([]);
  const client = await rig.direct(generation);
  const { rows } = await client.query("select by from events");
  await client.end();
  const there = new Set(rows.map(({ by }) => by));
  const lost = acknowledged.filter(({ row }) => !there.has(row)).length;
  // What a client was not told yet was committed all the same.
  expect(behind! - lost).toBeGreaterThanOrEqual(0);
  expect(behind! - lost).toBeLessThanOrEqual(4);
});

it("takes back a switch that does not fit into its hold, and nobody fails for it", async () => {
  const from = await rig.serving();
  const writers = startWriters(rig, "hasty");
  const failing = rig.promote("initial", { hold: { maxSeconds: 0.4, drainSeconds: 5 } });
  await expect(failing).rejects.toThrow(/within the hold|the pause has run out|within the pause|allowed/);
  const { failures, acknowledged } = await writers.stop();
  expect(failures).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(await rig.serving()).toBe(from);
  expect((await rig.state()).file?.generation).toBe(from);
  expect(await rig.running("initial")).toBe(false);
  await write("goes on");
});

it("leaves a generation that is dead, with its queries waiting, and asks when what stays behind was to be counted", async () => {
  const from = await rig.serving();
  await rig.sh(
    rig.containerOf(from),
    "mv $PGDATA/global/pg_control $PGDATA/global/pg_control.away; pkill -9 postgres || true",
  );
  const leaving = { generation: from, container: rig.containerOf(from), maxCommits: 100 };
  await expect(rig.promote("initial", { leaving })).rejects.toThrow("run `up` again, which asks what to do");
  const waiting = Array.from({ length: 4 }, (_, i) =>
    write(`waiting ${i}`).then(
      () => "written",
      () => "failed",
    ),
  );
  await rig.promote("initial");
  expect(await rig.serving()).toBe("initial");
  await Promise.all(waiting);
  await expect.poll(() => write("after").then(() => "written", String), { timeout: 5000 }).toBe("written");
  expect(await has("initial", "after")).toBe(true);
  const { promotions } = await rig.catalogue();
  expect(promotions.at(-1)).toMatchObject({ from, end: null });
  expect((await docker.getContainer(rig.containerOf(from)).inspect()).State.Running).toBe(false);
  await nothingHeld();
}, 120_000);

it("records a generation that was pointed at by hand, once the config asks for it", async () => {
  const generation = await rig.ready();
  const { promotions } = await rig.catalogue();
  const address = (await rig.goal(generation)).address;
  await rig.sh(rig.pooler, `switchback-pooler point ${generation} ${address}`);
  await expect(rig.promote("initial")).rejects.toThrow(`keep it: pulumi config set generation ${generation}`);
  expect((await rig.catalogue()).promotions).toEqual(promotions);
  await rig.promote(generation);
  expect(await rig.serving()).toBe(generation);
  expect(await rig.running("initial")).toBe(false);
  await write("by hand");
  expect(await has(generation, "by hand")).toBe(true);
});

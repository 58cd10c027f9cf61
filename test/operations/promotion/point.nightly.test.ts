import { afterAll, beforeAll, expect, it } from "vitest";
import { createRig, type Rig } from "./rig.ts";
import { startWriters } from "./writers.ts";

let rig: Rig;
let restored: string;
beforeAll(async () => {
  rig = await createRig();
  restored = await rig.ready();
  await rig.sh(rig.containerOf(restored), "rm /var/lib/postgresql/data/isolated_hba.conf; pg_ctl reload >/dev/null");
});
afterAll(() => rig?.remove());

const sessions = async (generation: string): Promise<number> => {
  const client = await rig.direct(generation);
  const { rows } = await client.query("select count(*)::int as n from pg_stat_activity where usename like 'app\\_%'");
  await client.end();
  return rows[0].n;
};
const address = async (generation: string) => (await rig.goal(generation)).address;

it("lets no transaction begin on the old generation once it has answered, with clients that go on all the while", async () => {
  const writers = startWriters(rig, "by-hand");
  const under = await rig.open("blue");
  await under.query("begin; insert into events (by) values ('under way')");
  await new Promise((resolve) => setTimeout(resolve, 300));
  const old = await rig.direct("initial");
  await rig.write({ op: "point", epoch: "p1", generation: restored, address: await address(restored) });
  const { rows } = await old.query("select clock_timestamp() as at");
  await new Promise((resolve) => setTimeout(resolve, 300));
  // What was under way ends where it began, and its connection with it.
  await under.query("commit");
  await under.query("insert into events (by) values ('afterwards')");
  const { acknowledged, failures } = await writers.stop();
  await under.end();
  expect(failures).toEqual([]);
  const begun = await old.query(
    `select count(*)::int as later from events where by like 'by-hand-%' and xmin::text::bigint >= 3
       and pg_xact_commit_timestamp(xmin) > $1::timestamptz + interval '200 milliseconds'`,
    [rows[0].at],
  );
  expect(begun.rows[0].later).toBe(0);
  expect((await old.query("select 1 from events where by = 'under way'")).rowCount).toBe(1);
  expect((await old.query("select 1 from events where by = 'afterwards'")).rowCount).toBe(0);
  await old.end();
  await expect.poll(() => sessions("initial"), { timeout: 5000 }).toBe(0);
  const now = await rig.direct(restored);
  const there = new Set((await now.query("select by from events")).rows.map(({ by }) => by));
  await now.end();
  expect(there.has("afterwards")).toBe(true);
  expect(acknowledged.slice(-10).every(({ row }) => there.has(row))).toBe(true);
});

it("refuses, once the pause has run out in which it was to happen, and leaves everything as it was", async () => {
  const point = {
    op: "point",
    epoch: "p2",
    generation: "initial",
    address: await address("initial"),
    paused: true,
  } as const;
  await expect(rig.write(point)).rejects.toThrow("the pause has run out");
  await rig.write({ op: "pause", epoch: "p2", seconds: 0.5 });
  await new Promise((resolve) => setTimeout(resolve, 700));
  await expect(rig.write(point)).rejects.toThrow("the pause has run out");
  expect((await rig.state()).file?.generation).toBe(restored);
  await rig.write({ op: "pause", epoch: "p2", seconds: 10 });
  expect((await rig.write(point)).file.generation).toBe("initial");
  await rig.write({ op: "resume", epoch: "p2" });
  const client = await rig.open("green");
  const { rows } = await client.query("select inet_server_addr()::text as at");
  await client.end();
  expect(rows[0].at).toContain(rig.address);
});

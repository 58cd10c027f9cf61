import { afterAll, beforeAll, expect, it } from "vitest";
import { readBackupMarker, readPoints } from "../../../operations/backup/catalogue.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql(`create table orders (id text primary key, price numeric, at timestamptz default '2026-11-21Z');
    insert into orders select n::text, n * 1.5 from generate_series(1, 1000) n; create table empty ()`);
});
afterAll(() => rig?.remove());

const last = async () => (await readPoints(docker, rig.stack)).at(-1)!;

it("records a point whose WAL is in the repository, and its marker", async () => {
  const { name, lsn } = await rig.backup({}, "e1");
  expect(name).toMatch(/^safety-\d{8}T\d{6}Z-[0-9a-f]{6}$/);
  const point = await last();
  expect(point).toMatchObject({
    name,
    lsn,
    kind: "safety",
    generation: "initial",
    timeline: 1,
    head: "",
    releases: { blue: "1.0.0", green: "2.1.0" },
    activeColor: "green",
    heartbeat: { seq: 1 },
  });
  expect(point.contents).toEqual([
    { table: "public.empty", rows: 0, hash: "0" },
    { table: "public.orders", rows: 1000, hash: expect.stringMatching(/^-?\d+$/) },
  ]);
  await rig.sh(rig.container, `ls /var/lib/pgbackrest/archive/initial/*/*/${point.segment}-*`);
  expect(await readBackupMarker(docker, rig.stack)).toMatchObject({ epoch: "e1", pending: null });
  expect(rig.journal.at(-1)).toMatchObject({ event: "safety-backup", name, lsn });
});

it("has the same hashes while nothing changes, whatever the session's settings are by default", async () => {
  const before = await last();
  await rig.sql("alter role postgres set datestyle = 'German'; alter role postgres set timezone = 'Asia/Tokyo'");
  await rig.backup();
  const after = await last();
  expect(after.contents).toEqual(before.contents);
  expect(after.schemaHash).toBe(before.schemaHash);
  await rig.sql("update orders set price = 0 where id = '7'");
  await rig.sql("alter table orders add discount int");
  await rig.backup();
  const changed = await last();
  expect(changed.contents[1]).toMatchObject({ rows: 1000 });
  expect(changed.contents[1]?.hash).not.toBe(before.contents[1]?.hash);
  expect(changed.schemaHash).not.toBe(before.schemaHash);
});

it("says of what it had no time to count that it is unknown", async () => {
  await rig.sql("create view slow as select 1; create table big as select generate_series(1, 1000000) as n");
  await rig.backup({ countSeconds: 0.1 });
  const { contents } = await last();
  expect(contents.find(({ table }) => table === "public.big")).toEqual({ table: "public.big", rows: null, hash: null });
  expect(contents.find(({ table }) => table === "public.orders")?.rows).toBe(1000);
  await rig.sql("drop table big");
});

it("refuses a base that is too old, and says how to take a new one", async () => {
  const before = await last();
  await expect(rig.backup({ maxAgeHours: 0 }, "late")).rejects.toThrow(
    /expected a base of at most 0 h, got \S+ of 0\.\d h; take a new one: docker exec \S+ pgbackrest --stanza=initial --type=full backup/,
  );
  expect((await last()).name).toBe(before.name);
  expect((await readBackupMarker(docker, rig.stack))?.pending?.epoch).toBe("late");
});

it("finds a gap that nothing else shows: a segment in the middle is gone from the repository", async () => {
  await rig.backup();
  const { segment } = await last();
  await rig.backup();
  await rig.sh(rig.container, `cd /var/lib/pgbackrest/archive/initial && mv */*/${segment}-* /tmp/`);
  await expect(rig.backup()).rejects.toThrow(`got a gap: ${segment}; nothing has moved. Take a new base`);
  await rig.sh(rig.container, "pgbackrest --stanza=initial --type=full backup");
  await rig.backup();
});

it("refuses when the archive does not take WAL, with pgBackRest's own reason, and works again afterwards", async () => {
  const point = await last();
  await rig.sh(rig.container, "chmod a-w /var/lib/pgbackrest/archive/initial/*/*");
  await expect(rig.backup()).rejects.toThrow(
    /expected WAL segment [0-9A-F]{24} in the repository of initial, got: .*Permission denied/s,
  );
  expect((await last()).name).toBe(point.name);
  await rig.sh(rig.container, "chmod u+w /var/lib/pgbackrest/archive/initial/*/*");
  await rig.backup();
});

it("refuses when the database does not answer", async () => {
  await docker.getContainer(rig.container).pause();
  await docker.getContainer(rig.container).unpause();
  await docker.getContainer(rig.container).stop();
  await expect(rig.backup()).rejects.toThrow("does not run; start it first");
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { docker } from "../../database/rig.ts";
import { createRig, type Rig } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  // The one filesystem of which every machine knows that it shares no blocks.
  const before = async ({ stack }: { readonly stack: string }) =>
    docker.createVolume({
      Name: `${stack}-database-initial`,
      DriverOpts: { type: "tmpfs", device: "tmpfs", o: "size=600m,uid=10002,gid=10002,mode=0700" },
      Labels: { "switchback.test": "clone", "switchback.stack": stack },
    });
  rig = await createRig({ before: async (place) => void (await before(place)) });
});
afterAll(() => rig?.remove());

const material = async () => {
  const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
  return rig.base({ kind: "lsn", lsn, inclusive: false });
};

it("takes no base point where blocks cannot be shared, and its safety backup is none the worse", async () => {
  const printed = await rig.sh(rig.container, "switchback-base-point take 8 schedule");
  expect(JSON.parse(printed)).toEqual({
    refused: "the filesystem of its volume (tmpfs) cannot share blocks between files",
  });
  expect(await rig.sh(rig.container, "ls -A /var/lib/postgresql/data")).not.toMatch(/bases|probe/);
  expect((await rig.backup()).name).toMatch(/^safety-/);
});

it("restores the backup, and says why it was no clone", async () => {
  await rig.sql("insert into events values (1)");
  const made = await rig.restore({ material: await material() });
  expect(made).toMatchObject({ way: "pgbackrest", base: expect.stringMatching(/^\d{8}-\d{6}F/) });
  expect(rig.log).toContain("not by a clone: initial has no base point");
  expect(rig.log).toContain(`making ${made.generation} of the backup ${made.base} of initial, by pgbackrest`);
  expect(await rig.query(made.container, "select id from events")).toEqual([{ id: 1 }]);
});

it("asks at run time: a base point that is there and cannot be cloned is passed over", async () => {
  const point = {
    name: "base-20260101T000000Z-abcdef",
    reason: "schedule",
    stoppedAt: "2026-01-01T00:00:00.000000Z",
    timeline: 1,
    startLsn: "0/FF000028",
    stopLsn: "0/28",
    firstSegment: "0000000100000000000000FF",
    lastSegment: "0000000100000000000000FF",
  };
  await rig.sh(
    rig.container,
    `cd /var/lib/postgresql/data && mkdir -p bases/${point.name} && cp -a pgdata bases/${point.name}/ && touch bases/lock
    echo '${JSON.stringify(point)}' >bases/${point.name}/base.json`,
  );
  const made = await rig.restore({ material: await material() });
  expect(made.way).toBe("pgbackrest");
  expect(rig.log).toContain(`making ${made.generation} of the base point ${point.name} of initial, by clone`);
  expect(rig.log).toContainEqual(expect.stringMatching(/^not by a clone: the volumes are on two filesystems/));
  expect(await rig.sh(made.container, "ls -A /var/lib/postgresql/data")).not.toMatch(/pgdata.new|probe/);
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { readPoints } from "../../../operations/backup/catalogue.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ backups: { type: "tmpfs", device: "tmpfs", o: "size=64m,uid=10002,gid=10002,mode=0750" } });
});
afterAll(() => rig?.remove());

it("refuses on a backup volume that is full, while the database goes on, and works again when there is room", async () => {
  await rig.backup();
  await rig.sh(rig.container, "cat /dev/zero >/var/lib/pgbackrest/ballast 2>/dev/null || true");
  await rig.sql("create table orders as select n, repeat(md5(n::text), 20) as noise from generate_series(1, 20000) n");
  await expect(rig.backup()).rejects.toThrow(/No space left on device/);
  expect(await rig.sql("select count(*)::int as rows from orders")).toEqual([{ rows: 20000 }]);
  expect(await readPoints(docker, rig.stack)).toHaveLength(1);
  await rig.sh(rig.container, "rm /var/lib/pgbackrest/ballast");
  await rig.backup();
  expect(await readPoints(docker, rig.stack)).toHaveLength(2);
});

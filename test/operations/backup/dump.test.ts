import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readDumps, readPoints } from "../../../operations/backup/catalogue.ts";
import type { DumpPoint } from "../../../operations/backup/point.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql(`create table orders (id int primary key, item text); create table notes (text text);
    insert into orders select n, 'bolt' from generate_series(1, 100) n`);
});
afterAll(() => rig?.remove());

async function dump(...tables: string[]): Promise<DumpPoint> {
  const argv = ["operations/dump.ts", "--stack", rig.stack, "--database", "app", "--because", "a test", ...tables];
  return JSON.parse((await promisify(execFile)(process.execPath, argv)).stdout);
}

it("dumps everything, and records it beside the backup points without being one", async () => {
  const point = await dump();
  expect(point).toMatchObject({ kind: "dump", generation: "initial", reason: "a test", head: "" });
  expect(point.tables).toEqual(expect.arrayContaining(["public.notes", "public.orders", "switchback.heartbeat"]));
  expect(await readDumps(docker, rig.stack)).toEqual([point]);
  expect(await readPoints(docker, rig.stack)).toEqual([]);
  const sum = await rig.sh(rig.container, `sha256sum ${point.file}`);
  expect(sum).toContain(point.sha256);
});

it("dumps one table, from which another database can take it", async () => {
  const { file, tables } = await dump("public.orders");
  expect(tables).toEqual(["public.orders"]);
  await rig.sh(
    rig.container,
    `createdb -h /run/postgresql -U postgres elsewhere; pg_restore -h /run/postgresql -U postgres -d elsewhere ${file}`,
  );
  const rows = await rig.sh(
    rig.container,
    "psql -XAtq -h /run/postgresql -U postgres elsewhere -c 'select count(*) from orders'",
  );
  expect(rows).toBe("100\n");
});

it("refuses a table that is not there, and leaves nothing behind", async () => {
  const before = await rig.sh(rig.container, "ls /var/lib/pgbackrest/dumps");
  await expect(dump("public.nowhere")).rejects.toThrow("no matching tables were found for pattern");
  expect(await rig.sh(rig.container, "ls /var/lib/pgbackrest/dumps")).toBe(before);
});

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DumpPoint } from "../../../operations/backup/point.ts";
import type { Material } from "../../../operations/recovery/goal.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql(`insert into events select n from generate_series(1, 1000) n;
    create role "an odd role"; create table odd (one int); alter table odd owner to "an odd role"; grant select on odd to app_app;
    create sequence numbers; select setval('numbers', 77)`);
});
afterAll(() => rig?.remove());

async function dump(): Promise<Extract<Material, { kind: "dump" }>> {
  const argv = ["operations/dump.ts", "--stack", rig.stack, "--database", "app", "--because", "a test"];
  const point = JSON.parse((await promisify(execFile)(process.execPath, argv)).stdout) as DumpPoint;
  return { kind: "dump", name: point.name, file: point.file, sha256: point.sha256 };
}

it("makes a generation of a dump, with the roles that it names, and sets it up", async () => {
  const material = await dump();
  await rig.sql("delete from events");
  const made = await rig.restore({ material, expected: { head: "", point: null } });
  expect(made).toMatchObject({ way: "dump", timeline: 1, stopLsn: null, walBytes: 0, tail: "whole" });
  expect(made.systemIdentifier).not.toBe(
    (await rig.sql("select system_identifier::text as id from pg_control_system()"))[0]!.id,
  );
  expect(await rig.query(made.container, "select count(*)::int as rows from events")).toEqual([{ rows: 1000 }]);
  expect(
    await rig.query(made.container, "select tableowner from pg_tables where tablename in ('odd', 'events') order by 1"),
  ).toEqual([{ tableowner: "an odd role" }, { tableowner: "app_owner" }]);
  expect(await rig.query(made.container, "select last_value::int as last from numbers")).toEqual([{ last: 77 }]);
  expect(
    await rig.query(made.container, "select datcollate, datlocprovider from pg_database where datname = 'app'"),
  ).toEqual(await rig.sql("select datcollate, datlocprovider from pg_database where datname = 'app'"));
  expect(await rig.query(made.container, "show data_checksums")).toEqual([{ data_checksums: "on" }]);
  expect(await rig.query(made.container, "show fsync")).toEqual([{ fsync: "on" }]);
  expect(
    await rig.query(made.container, "select count(*)::int as tables from pg_stats where tablename = 'events'"),
  ).not.toEqual([{ tables: 0 }]);
  await rig.setUp(made);
  await rig.query(made.container, "set role app_green; insert into events values (5000)");
});

it("refuses a dump that is damaged, before anything is made of it", async () => {
  const material = await dump();
  await rig.sh(rig.container, `printf x | dd of=${material.file} bs=1 seek=3000 conv=notrunc 2>/dev/null`);
  const asked = await rig.ask({ material });
  await expect(rig.run(asked)).rejects.toThrow(
    new RegExp(
      `expected the dump ${material.name} to be loaded, got: expected the dump \\S+ to have SHA-256 ${material.sha256}, got [0-9a-f]{64}: it is damaged`,
    ),
  );
  expect(await rig.sh(asked.container, "ls /var/lib/postgresql/data")).not.toContain("pgdata");
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql("insert into events select n from generate_series(1, 20000) n; checkpoint");
  await rig.sh(rig.container, "pgbackrest --stanza=initial --type=full backup");
});
afterAll(() => rig?.remove());

const repository = "/var/lib/pgbackrest";

it("refuses a backup with a flipped bit, says which, and is done once it is whole again", async () => {
  const material = await rig.base({ kind: "immediate" });
  const { label } = material as { label: string };
  const [{ path }] = (await rig.sql("select pg_relation_filepath('events') as path")) as [{ path: string }];
  const file = `${repository}/backup/initial/${label}/pg_data/${path}.zst`;
  await rig.sh(
    rig.container,
    `cp ${file} /tmp/whole; size=$(stat -c %s ${file}); byte=$(od -An -tu1 -j $((size / 2)) -N1 ${file})
     printf "$(printf '\\\\%03o' $((byte ^ 1)))" | dd of=${file} bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null`,
  );
  const asked = await rig.ask({ material });
  const error = await rig.run(asked).catch((error: Error) => error.message);
  const { state } = await rig.generation(asked.generation);
  await rig.sh(rig.container, `cp /tmp/whole ${file}`);
  expect(error).toContain(`expected the backup ${label} of initial to be restored, got: `);
  expect(error).toMatch(/ERROR: \[0\d\d\]: .*(corruption|checksum)/);
  expect(error).toContain("Ask for what another backup leads to");
  expect(state).toBe("making");
  await rig.run(asked);
  expect(await rig.query(asked.container, "select count(*)::int as rows from events")).toEqual([{ rows: 20000 }]);
});

it("stops at a gap in the archive, and says where the WAL ends", async () => {
  const material = await rig.base({ kind: "immediate" });
  const segments: string[] = [];
  for (let at = 0; at < 3; at++) {
    await rig.sql(`insert into events values (${30_000 + at})`);
    const [{ segment }] = (await rig.sql("select pg_walfile_name(pg_current_wal_lsn()) as segment")) as [
      { segment: string },
    ];
    segments.push(segment);
    await rig.sql("select pg_switch_wal()");
  }
  const [{ lsn }] = (await rig.sql("select pg_current_wal_lsn()::text as lsn")) as [{ lsn: string }];
  await expect
    .poll(() => rig.sql(`select last_archived_wal >= '${segments[2]}' as there from pg_stat_archiver`), {
      timeout: 20_000,
    })
    .toEqual([{ there: true }]);
  await rig.sh(rig.container, `cd ${repository}/archive/initial && mv */*/${segments[1]}-* /tmp/`);
  const asked = await rig.ask({ material: { ...material, stop: { kind: "lsn", lsn, inclusive: false } } as never });
  await expect(rig.run(asked)).rejects.toThrow(/got its end at .* or the next segment is missing from the repository/);
  await rig.sh(
    rig.container,
    `cd ${repository}/archive/initial/*/${segments[1]!.slice(0, 16)} && mv /tmp/${segments[1]}-* .`,
  );
  const made = await rig.run(asked);
  expect(made.state).toBe("ready");
  expect(await rig.query(asked.container, "select max(id) as last from events")).toEqual([{ last: 30_002 }]);
});

it("does not take WAL that cannot be read for the end of the WAL", async () => {
  await rig.sql("insert into events values (40000)");
  const [{ segment, lsn }] = (await rig.sql(
    "select pg_walfile_name(pg_current_wal_lsn()) as segment, pg_current_wal_lsn()::text as lsn",
  )) as [{ segment: string; lsn: string }];
  await rig.sql("select pg_switch_wal()");
  await expect
    .poll(() => rig.sql(`select last_archived_wal >= '${segment}' as there from pg_stat_archiver`), { timeout: 20_000 })
    .toEqual([{ there: true }]);
  const file = await rig.sh(rig.container, `ls ${repository}/archive/initial/*/*/${segment}-*`);
  await rig.sh(rig.container, `printf damaged | dd of=${file.trim()} bs=1 seek=100 conv=notrunc 2>/dev/null`);
  const material = (await rig.base({ kind: "lsn", lsn, inclusive: false })) as never;
  await expect(rig.restore({ material })).rejects.toThrow(
    new RegExp(`expected ${segment} in the repository of initial to be readable, got: .+ Make the repository work`),
  );
});

it("reads from a volume of backups to which nothing can be written", async () => {
  await rig.sql("insert into events values (50000)");
  await rig.sh(rig.container, "pgbackrest --stanza=initial --type=full backup");
  const [{ lsn }] = (await rig.sql("select pg_current_wal_lsn()::text as lsn")) as [{ lsn: string }];
  await rig.sql("insert into events values (50001)");
  const material = await rig.base({ kind: "lsn", lsn, inclusive: false });
  const made = await rig.restore({ material, backupsAre: "ro" });
  expect(await rig.query(made.container, "select max(id) as last from events")).toEqual([{ last: 50_000 }]);
  await expect(rig.sh(made.container, "touch /var/lib/pgbackrest/mine")).rejects.toThrow("Read-only file system");
});

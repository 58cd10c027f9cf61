import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, untilReady } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig?.remove());

const newBase = () => rig.sh(rig.container, "pgbackrest --stanza=initial --type=full backup");
const logOf = async (container: string) =>
  `${await docker.getContainer(container).logs({ stdout: true, stderr: true })}`;

it("waits for its data without a server, says so once, and ends at once when it is told to", async () => {
  const { container } = await rig.ask({});
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await logOf(container)).match(/waiting for the data of generation restored-/g)).toHaveLength(1);
  expect(await logOf(container)).not.toContain("PostgreSQL");
  const begun = performance.now();
  await docker.getContainer(container).stop({ t: 20 });
  expect(performance.now() - begun).toBeLessThan(5000);
  expect((await docker.getContainer(container).inspect()).State.ExitCode).toBe(0);
});

it("starts again by itself once it was restored, and never when a copy is half done", async () => {
  const made = await rig.restore({});
  await docker.getContainer(made.container).restart({ t: 20 });
  await untilReady(made.container, rig.sh);
  expect(await rig.query(made.container, "select pg_is_in_recovery() as replays")).toEqual([{ replays: false }]);
  const half = await rig.ask({});
  await rig.sh(half.container, 'mkdir "$PGDATA"; echo 17 >"$PGDATA/PG_VERSION"');
  await docker.getContainer(half.container).restart({ t: 20 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await logOf(half.container)).not.toContain("starting PostgreSQL");
  await rig.run(half);
});

it("does not inherit where an earlier restore was to stop, or how to archive; keeps the rest that was set", async () => {
  for (const [name, value] of [
    ["recovery_target_name", "of another restore"],
    ["restore_command", "/bin/false"],
    ["archive_command", "pgbackrest --stanza=another archive-push %p"],
    ["work_mem", "5MB"],
  ])
    await rig.sql(`alter system set ${name} = '${value}'`);
  await newBase();
  await rig.sql("alter system reset all");
  const { container } = await rig.restore({});
  const settings = () =>
    rig.query(
      container,
      "select current_setting('archive_command') as archive, current_setting('work_mem') as memory, current_setting('recovery_target_name') as target",
    );
  const expected = { archive: "pgbackrest archive-push %p", memory: "5MB", target: "" };
  expect(await settings()).toEqual([expected]);
  expect(await logOf(container)).not.toContain("configuration file contains errors");
  await docker.getContainer(container).restart({ t: 20 });
  await untilReady(container, rig.sh);
  expect(await settings()).toEqual([expected]);
});

it("archives nothing and runs no subscription before it is verified", async () => {
  await rig.sql("alter table events add column note text");
  const asked = await rig.ask({ smoke: ["select false"] });
  await expect(rig.run(asked)).rejects.toThrow("smoke query `select false`: expected true, got false");
  expect(
    await rig.query(
      asked.container,
      "select current_setting('archive_mode') as mode, current_setting('archive_command') as command, current_setting('max_logical_replication_workers') as workers",
    ),
  ).toEqual([{ mode: "on", command: "", workers: "0" }]);
  expect(await rig.sh(rig.container, "ls /var/lib/pgbackrest/archive")).toBe("initial\n");
  expect(await rig.run({ ...asked, goal: { ...asked.goal, smoke: ["select true"] } })).toMatchObject({
    state: "ready",
  });
  expect(await rig.query(asked.container, "show archive_command")).toEqual([
    { archive_command: "pgbackrest archive-push %p" },
  ]);
});

it("brings tablespaces into its own volume", async () => {
  await rig.sh(rig.container, "mkdir -p /var/lib/postgresql/data/elsewhere");
  await rig.sql("create tablespace elsewhere location '/var/lib/postgresql/data/elsewhere'");
  await rig.sql("create table spaced tablespace elsewhere as select generate_series(1, 100) as n");
  await newBase();
  await rig.sql("truncate spaced");
  const made = await rig.restore({});
  expect(await rig.query(made.container, "select count(*)::int as rows from spaced")).toEqual([{ rows: 100 }]);
  expect(
    await rig.query(
      made.container,
      "select pg_tablespace_location(oid) as at from pg_tablespace where spcname = 'elsewhere'",
    ),
  ).toEqual([{ at: "/var/lib/postgresql/data/tablespaces/elsewhere" }]);
  await rig.sql("drop table spaced; drop tablespace elsewhere").catch(() => {});
});

it("replays WAL that was written with larger parameters than it has", async () => {
  const files = pack();
  files.entry(
    { name: "etc/switchback/parameters.conf" },
    "max_connections = 300\nmax_worker_processes = 30\nmax_locks_per_transaction = 128\n",
  );
  files.finalize();
  const source = docker.getContainer(rig.container);
  await source.putArchive(files as unknown as NodeJS.ReadableStream, { path: "/" });
  await source.restart({ t: 20 });
  await untilReady(rig.container, rig.sh);
  await newBase();
  await rig.sql("insert into events (id) values (7)");
  const [{ lsn }] = (await rig.sql("select pg_current_wal_lsn()::text as lsn")) as [{ lsn: string }];
  const made = await rig.restore({ material: await rig.base({ kind: "lsn", lsn, inclusive: false }) });
  expect(
    await rig.query(
      made.container,
      "select current_setting('max_connections') as connections, count(*)::int as rows from events",
    ),
  ).toEqual([{ connections: "100", rows: 1 }]);
});

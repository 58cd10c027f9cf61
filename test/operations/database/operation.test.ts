import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../../operations/database/connect.ts";
import { hashDatabaseGoal } from "../../../operations/database/goal.ts";
import { endSessions } from "../../../operations/database/sessions.ts";
import { readDatabase } from "../../../operations/database/state.ts";
import { rolePassword } from "../../../stacks/passwords.ts";
import { goalOf, runGoal, secret } from "./goal.ts";
import { createRig, docker, type Rig, untilReady } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig?.remove());

const as = async (user: string, sql: string) => {
  const client = await connectDatabase(docker, { container: rig.container, database: "app", user });
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};
const read = async () => {
  const state = await readDatabase(docker, rig.container, "app");
  if (!state.reachable) throw new Error(state.reason);
  return state;
};

/** Logs in over the network, by password. */
const login = (role: string, password: string) =>
  rig.sh(
    rig.container,
    `PGPASSWORD='${password}' psql -XAtq -h ${rig.address} -U ${role} -d app -c 'select current_user'`,
  );

it("says of a server without the database that it is not there yet", async () => {
  expect(await readDatabase(docker, rig.container, "app")).toMatchObject({
    reachable: false,
    absent: false,
    reason: expect.stringContaining('database "app" does not exist'),
  });
  expect(await readDatabase(docker, "no-such-container", "app")).toMatchObject({ reachable: false, absent: true });
});

it("makes roles, database, archive and a first base, and leaves its marker", async () => {
  const goal = goalOf(rig);
  const { base, epoch, journal } = await runGoal(goal);
  const state = await read();
  expect(state.marker).toEqual({ goal: hashDatabaseGoal(goal), epoch, pending: null });
  expect(state.base?.label).toBe(base);
  expect(state.baseAgeHours).toBeLessThan(0.1);
  expect(state.archive).toMatchObject({ gap: false, lastArchived: expect.stringMatching(/^[0-9A-F]{24}/) });
  expect(journal).toMatchObject([{ event: "database", generation: "initial", base }]);
  const keepers = await docker.listContainers({ filters: { label: [`switchback.stack=${rig.stack}`] } });
  expect(keepers.map(({ Names }) => Names[0]).sort()).toEqual(
    [`/${rig.stack}-backups-keeper`, `/${rig.container}`, `/${rig.container}-keeper`].sort(),
  );
});

it("changes nothing when it is run again", async () => {
  const before = await as("postgres", "select oid, rolname, rolpassword from pg_authid order by 1");
  const { log, base } = await runGoal(goalOf(rig));
  expect(log).toEqual([]);
  expect((await read()).base?.label).toBe(base);
  expect(await as("postgres", "select oid, rolname, rolpassword from pg_authid order by 1")).toEqual(before);
});

it("gives DDL to the migrator alone, and rows to the colors", async () => {
  await as("app_migrator", "create table orders (id serial primary key, item text)");
  expect(await as("postgres", "select tableowner from pg_tables where tablename = 'orders'")).toEqual([
    { tableowner: "app_owner" },
  ]);
  await as("app_green", "insert into orders (item) values ('bolt')");
  expect(await as("app_blue", "select item from orders")).toEqual([{ item: "bolt" }]);
  await expect(as("app_blue", "create table mine ()")).rejects.toThrow("permission denied for schema public");
  await expect(as("app_blue", "alter table orders add x int")).rejects.toThrow("must be owner of table orders");
  await expect(as("app_blue", "select * from switchback.heartbeat")).rejects.toThrow("permission denied for schema");
});

it("lets in by password, and the superuser never", async () => {
  expect(await login("app_blue", rolePassword(secret, rig.stack, "app_blue"))).toBe("app_blue\n");
  await expect(login("app_blue", "wrong")).rejects.toThrow("password authentication failed");
  await expect(login("postgres", "any")).rejects.toThrow("pg_hba.conf rejects connection");
});

it("ends what a color's cut connections still run in the server, and waits until it is over", async () => {
  const client = await connectDatabase(docker, { container: rig.container, database: "app", user: "app_green" });
  const running = client.query("insert into orders (item) select pg_sleep(30)::text");
  running.catch(() => {});
  const migrator = await connectDatabase(docker, { container: rig.container, database: "app", user: "app_migrator" });
  await expect.poll(() => endSessions(migrator, "app_green")).toBe(1);
  await expect(running).rejects.toThrow("terminating connection");
  expect(await endSessions(migrator, "app_green")).toBe(0);
  const leaving = await Promise.all(
    Array.from({ length: 8 }, () =>
      connectDatabase(docker, { container: rig.container, database: "app", user: "app_green" }),
    ),
  );
  // Sessions that end by themselves just then are no failure.
  await Promise.all([endSessions(migrator, "app_green"), ...leaving.map((session) => session.end().catch(() => {}))]);
  expect(await endSessions(migrator, "app_green")).toBe(0);
  expect((await migrator.query("select item from orders")).rows).toEqual([{ item: "bolt" }]);
  await migrator.end();
});

it("changes the passwords with the secret, without a word of them in the log", async () => {
  const goal = goalOf(rig, "another secret");
  await runGoal(goal);
  expect(await login("app_green", rolePassword("another secret", rig.stack, "app_green"))).toBe("app_green\n");
  await expect(login("app_green", rolePassword(secret, rig.stack, "app_green"))).rejects.toThrow("failed");
  const logs = await docker.getContainer(rig.container).logs({ stdout: true, stderr: true });
  expect(logs.toString()).not.toContain("SCRAM-SHA-256$");
});

it("refuses to commit when another operation has begun since", async () => {
  const running = runGoal(goalOf(rig), "older");
  await expect.poll(async () => (await read()).marker?.pending?.epoch, { interval: 20 }).toBe("older");
  await as("postgres", `update switchback.database_marker set pending = '{"epoch":"newer"}'`);
  await expect(running).rejects.toThrow("expected epoch older to be pending in the database");
});

it("comes back from kill -9 of PostgreSQL, with its data", async () => {
  await rig.sh(rig.container, 'kill -9 "$(head -n 1 "$PGDATA/postmaster.pid")"').catch(() => {});
  await untilReady(rig.container, rig.sh);
  expect(await as("app_green", "select item from orders")).toEqual([{ item: "bolt" }]);
});

it("finds that the archive lost a segment that PostgreSQL believes to be there", async () => {
  await as("postgres", "select pg_switch_wal()");
  const archived = async () => (await read()).archive;
  const before = await archived();
  await as("postgres", "create table noise as select generate_series(1, 1000)");
  await as("postgres", "select pg_switch_wal()");
  await expect.poll(async () => (await archived()).lastArchived).not.toBe(before.lastArchived);
  const { lastArchived } = await archived();
  await rig.sh(rig.container, `find /var/lib/pgbackrest/archive -name '${lastArchived}-*' -delete`);
  expect(await archived()).toMatchObject({ gap: true, lastArchived });
});

it("refuses to run beside another PostgreSQL on its volume, and to begin anew where data was lost", async () => {
  const Binds = [`${rig.container}:/var/lib/postgresql/data`, `${rig.stack}-backups:/var/lib/pgbackrest`];
  const boot = async (HostConfig: object) => {
    const other = await docker.createContainer({
      Image: "switchback/database:1",
      Env: ["SWITCHBACK_GENERATION=initial"],
      Labels: { "switchback.stack": rig.stack, "switchback.test": "database" },
      HostConfig,
    });
    await other.start();
    const { StatusCode } = await other.wait();
    const logs = await other.logs({ stderr: true });
    await other.remove({ v: true });
    return `${StatusCode} ${logs}`;
  };
  expect(await boot({ Binds })).toContain("got a PostgreSQL that runs on it in another container");
  expect(await boot({ Binds: Binds.slice(1) })).toContain("got none, but its backups are there; restore them");
});

import { fork } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MigrateRun } from "../../../operations/migrations/migrate.ts";
import { readSchema } from "../../../operations/migrations/schema-state.ts";
import { runTool } from "../../../operations/migrations/tool.ts";
import { docker } from "../database/rig.ts";
import { alembicImage, alembicLineage } from "./alembic.ts";
import { createWorld, type Database, type World } from "./world.ts";

let world: World;
let first: string;
let second: string;
let broken: string;
let forked: string;
beforeAll(async () => {
  first = await alembicImage("a1", "b2");
  second = await alembicImage("a1", "b2", "c3");
  broken = await alembicImage("a1", "b2", "c3", "e5");
  forked = await alembicImage("a1", "b2", "c3", "d4");
  world = await createWorld();
}, 300_000);
afterAll(() => world?.remove());

const lineage = alembicLineage();

/** Where Alembic runs, in an image of a release. */
const within = (database: Database, ...images: string[]): Partial<MigrateRun> => {
  const { stack, container, network } = world.rig;
  return {
    tool: { docker, stack, container, network, database: database.name, owner: "app_owner", images },
    lockTimeoutMs: 1000,
  };
};
const idOf = async (image: string) => (await docker.getImage(image).inspect()).Id;
const toolRoles = (database: Database) =>
  database.rows("select 1 from pg_roles where rolname like 'switchback\\_tool%'");

describe("Alembic", { timeout: 240_000 }, () => {
  it("goes up to a named revision, whose image is stored, and leaves no role and no container", async () => {
    const database = await world.database();
    const { client, migrate } = database;
    expect(await migrate(lineage, "b2", { ...within(database, second), epoch: "e1", goal: "g1" })).toMatchObject({
      from: "",
      to: "b2",
    });
    const state = await readSchema(client);
    expect(state).toMatchObject({ head: "b2", marker: { goal: "g1", epoch: "e1", pending: null } });
    expect(state.applied.map(({ id, image }) => [id, image])).toEqual([
      ["a1", await idOf(second)],
      ["b2", await idOf(second)],
    ]);
    expect(await database.rows("select version_num, note from alembic_version left join orders on true")).toEqual([
      { version_num: "b2", note: null },
    ]);
    expect(await toolRoles(database)).toEqual([]);
    const filters = { label: [`switchback.stack=${world.rig.stack}`, "switchback.role=migration"] };
    expect(await docker.listContainers({ all: true, filters })).toEqual([]);
    const blue = await database.connect("app_blue");
    await blue.query("insert into orders (id, price) values ('a', 1)");
  });

  it("goes back in the image that brought the head, keeps what is lost, and goes up again in that image", async () => {
    const database = await world.database();
    const { client, migrate, rows } = database;
    await migrate(lineage, "b2", within(database, first));
    await client.query("insert into orders values ('a', 2.5, 'x'), ('b', 1, null)");
    await expect(migrate(lineage, "c3", within(database, first))).rejects.toThrow(
      /expected an image that knows c3, got sha256:.* up to b2; deploy the release that brings it/,
    );
    await migrate(lineage, "c3", within(database, first, second));
    expect(await rows("select id, cents::int from orders order by id")).toEqual([
      { id: "a", cents: 250 },
      { id: "b", cents: 100 },
    ]);
    // The release to be active knows nothing of c3.
    expect(await migrate(lineage, "b2", within(database, first))).toMatchObject({ from: "c3", to: "b2" });
    expect(await rows("select id, price::float8 from orders order by id")).toEqual([
      { id: "a", price: 2.5 },
      { id: "b", price: 1 },
    ]);
    expect(await migrate(lineage, "c3", within(database, first))).toMatchObject({ from: "b2", to: "c3" });
    await expect(migrate(lineage, "a1", within(database, first))).rejects.toThrow(
      "b2: expected allowDataLoss.b2 to allow the loss of 1 values (1 of orders.note), got none",
    );
    expect(await readSchema(client)).toMatchObject({ head: "c3" });
    expect(await migrate(lineage, "a1", { ...within(database, first), allowDataLoss: { b2: 1 } })).toMatchObject({
      lost: [{ migration: "b2", column: "orders.note", values: 1 }],
    });
    expect(await migrate(lineage, "c3", within(database, second))).toMatchObject({ restored: 1 });
    expect(await rows("select id, note from orders order by id")).toEqual([
      { id: "a", note: "x" },
      { id: "b", note: null },
    ]);
  });

  it("is not run with several heads, nor back over an irreversible revision", async () => {
    const database = await world.database();
    const { client, migrate, rows } = database;
    await expect(migrate(lineage, "b2", within(database, forked))).rejects.toThrow(
      /expected one last revision in sha256:.*, got 2: (c3, d4|d4, c3); merge them/,
    );
    expect(await rows("select to_regclass('orders')")).toEqual([{ to_regclass: null }]);
    await migrate(lineage, "c3", within(database, second));
    await client.query("update alembic_version set version_num = 'e5'");
    await expect(migrate(lineage, "c3", within(database, broken))).rejects.toThrow(
      "e5: expected a way back, got irreversible",
    );
    expect((await readSchema(client)).head).toBe("e5");
  });

  it("that fails leaves the database, and the stored head, where it was", async () => {
    const database = await world.database();
    const { client, migrate, rows } = database;
    await migrate(lineage, "b2", within(database, first));
    await expect(migrate(lineage, "e5", within(database, broken))).rejects.toThrow(
      /expected `alembic upgrade \{head\}` to succeed, got exit 1: [\s\S]*division by zero/,
    );
    expect(await readSchema(client)).toMatchObject({ head: "b2", marker: { pending: {} } });
    expect(await rows("select version_num from alembic_version")).toEqual([{ version_num: "b2" }]);
    expect(await rows("select count(*)::int as n from information_schema.columns where column_name = 'half'")).toEqual([
      { n: 0 },
    ]);
  });

  it("is tried again when it gets no lock, then fails and names who holds it", async () => {
    const database = await world.database();
    const { migrate } = database;
    await migrate(lineage, "a1", within(database, first));
    const blue = await database.connect("app_blue");
    await blue.query("begin; select * from orders");
    const watch = () => database.connect("app_migrator");
    await expect(migrate(lineage, "b2", { ...within(database, first), watch })).rejects.toThrow(
      /^expected a lock within 1000 ms in 2 attempts, got none, held by app_blue/,
    );
    expect(await migrate(lineage, "b2", { ...within(database, first), watch, blockers: "cancel" })).toMatchObject({
      to: "b2",
    });
  });

  it("that is left running by an operation that was killed is ended, and what it had not committed is undone", async () => {
    const database = await world.database();
    const { client, migrate } = database;
    await migrate(lineage, "a1", within(database, first));
    const blue = await database.connect("app_blue");
    await blue.query("begin; select * from orders");
    const { docker: _, ...place } = within(database, first).tool!;
    const child = fork(new URL("./killed.ts", import.meta.url), [JSON.stringify(place)]);
    const admin = await database.connect("postgres");
    const waiting = `select 1 from pg_stat_activity where usename like 'switchback\\_tool%' and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await admin.query(waiting)).rowCount, { timeout: 60_000 }).toBe(1);
    child.kill("SIGKILL");
    expect(await migrate(lineage, "a1", within(database, second))).toMatchObject({ from: "a1", to: "a1" });
    await blue.query("commit");
    expect(await toolRoles(database)).toEqual([]);
    expect((await readSchema(client)).head).toBe("a1");
    expect(await database.rows("select version_num from alembic_version")).toEqual([{ version_num: "a1" }]);
  });

  it("that finished while its operation died is found where it is, and kept values are put back", async () => {
    const database = await world.database();
    const { client, migrate, rows } = database;
    await migrate(lineage, "b2", within(database, second));
    await client.query("insert into orders values ('a', 1, 'x')");
    await migrate(lineage, "a1", { ...within(database, second), allowDataLoss: { b2: 1 } });
    // What Alembic leaves when its operation is killed right after it.
    await client.query("alter table orders add column note text; update alembic_version set version_num = 'b2'");
    expect((await readSchema(client)).head).toBe("a1");
    expect(await migrate(lineage, "b2", within(database, second))).toMatchObject({ from: "b2", to: "b2" });
    expect((await readSchema(client)).head).toBe("b2");
    expect(await rows("select note from orders")).toEqual([{ note: "x" }]);
  });
});

it("a tool finds the database without a password in its environment or its arguments", async () => {
  const { stack, network } = world.rig;
  const secrets = { "/run/secrets/database-url": "postgresql://x:hidden@y/z" };
  const call = { stack, purpose: "move", image: first, network, env: { PGSERVICE: "switchback" }, secrets } as const;
  const output = await runTool(docker, { ...call, argv: ["sh", "-c", "env; tr '\\0' ' ' </proc/1/cmdline"] });
  expect(output.stdout).toContain("PGSERVICE=switchback");
  expect(output.stdout).not.toContain("hidden");
  expect((await runTool(docker, { ...call, argv: ["cat", "/run/secrets/database-url"] })).stdout).toContain("hidden");
  expect(await runTool(docker, { ...call, argv: ["sh", "-c", "echo no >&2; exit 3"] })).toEqual({
    exitCode: 3,
    stdout: "",
    stderr: "no\n",
  });
});

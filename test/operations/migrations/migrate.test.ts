import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countLosses } from "../../../operations/migrations/losses.ts";
import { migrate } from "../../../operations/migrations/migrate.ts";
import { clearPending, pendSchema, readSchema } from "../../../operations/migrations/schema-state.ts";
import { createWorld, lineageOf, orders, sql, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.remove());

const lineage = lineageOf(orders);
const someOrders = "insert into orders (id, price) select 'o' || n, n from generate_series(1, 10) n";

describe("a database in which nothing has run", () => {
  it("has no head and no marker, and gets both by pending", async () => {
    const { client } = await world.database();
    expect(await readSchema(client)).toEqual({ head: "", applied: [], marker: null, usedAllowances: {} });
    await pendSchema(client, "e1", "g1");
    const { marker, head } = await readSchema(client);
    expect({ marker, head }).toMatchObject({ head: "", marker: { goal: "", pending: { epoch: "e1", goal: "g1" } } });
    await expect(clearPending(client, "e0")).rejects.toThrow(
      "expected epoch e0 to be pending beside the schema, got e1",
    );
    await clearPending(client, "e1");
    expect((await readSchema(client)).marker).toEqual({ goal: "", epoch: "", pending: null });
  });
});

describe("going up", () => {
  it("runs exactly to the wanted head, keeps the SQL, and leaves goal and epoch", async () => {
    const { client, migrate } = await world.database();
    expect(await migrate(lineage, "2", { epoch: "e1", goal: "g1" })).toMatchObject({ from: "", to: "2", lost: [] });
    const state = await readSchema(client);
    expect(state).toMatchObject({ head: "2", marker: { goal: "g1", epoch: "e1", pending: null } });
    expect(state.applied.map(({ at, image, ...migration }) => migration)).toEqual(lineage.migrations.slice(0, 2));
    expect(state.applied[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it("lets both colors read and write what it made, and neither see what is stored", async () => {
    const { migrate, connect } = await world.database();
    await migrate(lineage, "1");
    const blue = await connect("app_blue");
    await blue.query(someOrders);
    expect((await blue.query("select count(*)::int as n from orders")).rows).toEqual([{ n: 10 }]);
    await expect(blue.query("select * from switchback.migrations")).rejects.toThrow("permission denied");
    await expect(blue.query("create table mine (id int)")).rejects.toThrow("permission denied");
  });

  it("does nothing but settle the marker where it is already", async () => {
    const { client, migrate } = await world.database();
    await migrate(lineage, "1");
    expect(await migrate(lineage, "1", { epoch: "e2" })).toMatchObject({ from: "1", to: "1" });
    expect((await readSchema(client)).marker).toMatchObject({ epoch: "e2", pending: null });
  });

  it("leaves nothing when a migration in the middle fails", async () => {
    const { client, migrate, rows } = await world.database();
    const broken = lineageOf({ ...orders, "2_note.sql": sql("expand, reversible", "select 1 / 0;", "select 1;") });
    await expect(migrate(broken, "3", { epoch: "e1" })).rejects.toThrow(
      "2_note: expected its up to run, got: division by zero; nothing has changed",
    );
    expect(await readSchema(client)).toMatchObject({ head: "", marker: { pending: { epoch: "e1" } } });
    expect(await rows("select to_regclass('orders')")).toEqual([{ to_regclass: null }]);
  });

  it("leaves nothing when its last hook throws, or its connection is lost before COMMIT", async () => {
    const { client, migrate, connect, rows } = await world.database();
    const beforeCommit = async () => {
      throw new Error("the hold is over");
    };
    await expect(migrate(lineage, "1", { beforeCommit })).rejects.toThrow("the hold is over");
    expect((await readSchema(client)).head).toBe("");
    const doomed = await connect("app_migrator");
    const { pid } = (await doomed.query("select pg_backend_pid() as pid")).rows[0];
    const admin = await connect("postgres");
    const kill = async () => void (await admin.query("select pg_terminate_backend($1)", [pid]));
    await expect(migrate(lineage, "1", { client: doomed, beforeCommit: kill })).rejects.toThrow();
    expect((await readSchema(client)).head).toBe("");
    expect(await rows("select to_regclass('orders')")).toEqual([{ to_regclass: null }]);
    expect(await migrate(lineage, "1")).toMatchObject({ to: "1" });
  });

  it("runs verify scripts inside the transaction", async () => {
    const { client, migrate } = await world.database();
    const checked = lineageOf({
      ...orders,
      "2_note.verify.sql": "select id from orders where price > 9; select 1 where false",
    });
    await migrate(checked, "1");
    await client.query(someOrders);
    await expect(migrate(checked, "2")).rejects.toThrow(
      '2_note: expected its verify script to return nothing, got 1 rows, first {"id":"o10"}; nothing has changed',
    );
    expect((await readSchema(client)).head).toBe("1");
    await client.query("delete from orders where price > 9");
    expect(await migrate(checked, "2")).toMatchObject({ to: "2" });
  });

  it("refuses a migration that ends the transaction by a way that the files do not show", async () => {
    const { migrate } = await world.database();
    const sly = { ...lineage.migrations[0]!, up: "create table orders (id int); commit; begin" };
    await expect(migrate({ migrations: [sly] }, "1")).rejects.toThrow("expected its up to stay in the one transaction");
  });
});

describe("what is refused before anything moves", () => {
  it("is a file that changed after it ran, but not a corrected mark", async () => {
    const { migrate } = await world.database();
    await migrate(lineage, "1");
    const changed = lineageOf({
      ...orders,
      "1_orders.sql": orders["1_orders.sql"]!.replace("price numeric", "price money"),
    });
    await expect(migrate(changed, "2")).rejects.toThrow(/1_orders: expected the SQL that ran on .* restore the file/);
    const marked = lineageOf({ ...orders, "1_orders.sql": orders["1_orders.sql"]!.replace("expand", "contract") });
    expect(await migrate(marked, "2")).toMatchObject({ to: "2" });
  });

  it("is a file that is missing in between, one that comes too late, and another line of files", async () => {
    const { migrate } = await world.database();
    const times = lineageOf({ "10000_a.sql": a, "10002_c.sql": a.replace("a int", "c int") });
    await migrate(
      lineageOf({ "9999_t.sql": sql("expand, lossy\n-- loses: t", "create table t ();", "drop table t;") }),
      "9999",
    );
    await migrate({ migrations: [table, ...times.migrations] }, "10002");
    const late = lineageOf({ "10001_b.sql": a.replace("a int", "b int") }).migrations;
    await expect(
      migrate({ migrations: [table, times.migrations[0]!, ...late, times.migrations[1]!] }, "10002"),
    ).rejects.toThrow("10001_b: expected new migrations after those that have run, got it before 10002_c");
    await expect(migrate({ migrations: [table, times.migrations[1]!] }, "10002")).rejects.toThrow(
      /10000_a: expected the file of a migration that ran on .*, got none although later ones are there/,
    );
    const other = lineageOf({ "10003_d.sql": a.replace("a int", "d int") }).migrations;
    await expect(migrate({ migrations: [table, times.migrations[0]!, ...other] }, "10003")).rejects.toThrow(
      /10003_d: expected the migrations that have run first, got none for 10002_c/,
    );
  });
  const a = sql("expand, lossy\n-- loses: t.a,t.b,t.c,t.d", "alter table t add column a int;", "select 1;");
  const table = lineageOf({ "9999_t.sql": sql("expand, lossy\n-- loses: t", "create table t ();", "drop table t;") })
    .migrations[0]!;

  it("is a way back over an irreversible migration", async () => {
    const { client, migrate } = await world.database();
    const final = lineageOf({
      ...orders,
      "2_note.sql": sql("contract, irreversible", "alter table orders add note text;"),
    });
    await migrate(final, "3");
    await expect(migrate(final, "1")).rejects.toThrow("2_note: expected a way back, got irreversible; only level 3");
    expect((await readSchema(client)).head).toBe("3");
    expect(await migrate(final, "2")).toMatchObject({ from: "3", to: "2" });
  });

  it("is an operation after another one has begun", async () => {
    const { client, migrate: run, name } = await world.database();
    await run(lineage, "1");
    await pendSchema(client, "new", "goal");
    const orphan = { client, lineage, to: "2", allowDataLoss: {}, lockTimeoutMs: 300, attempts: 1 };
    await expect(
      migrate({ ...orphan, blockers: "fail", epoch: "old", goal: name, beforeCommit: async () => {}, log: () => {} }),
    ).rejects.toThrow("expected epoch old to be pending beside the schema, got new");
    expect((await readSchema(client)).head).toBe("1");
  });
});

describe("going back", () => {
  it("runs the stored SQL, even where the files know nothing of it", async () => {
    const { client, migrate, rows } = await world.database();
    await migrate(lineage, "3");
    await client.query("insert into orders (id, cents) values ('a', 250)");
    const older = { migrations: lineage.migrations.slice(0, 2) };
    expect(await migrate(older, "2")).toMatchObject({ from: "3", to: "2", lost: [] });
    expect(await rows("select id, price::text, note from orders")).toEqual([
      { id: "a", price: "2.5000000000000000", note: null },
    ]);
    expect((await readSchema(client)).applied.map(({ id }) => id)).toEqual(["1", "2"]);
  });

  it("counts beforehand, without writing, what it would lose", async () => {
    const { client, migrate } = await world.database();
    await migrate(lineage, "3");
    await client.query("insert into orders (id, cents, note) values ('a', 1, 'x'), ('b', 2, null), ('c', 3, 'y')");
    expect(await countLosses(client, lineage, "3", "1")).toEqual([
      { migration: "2", column: "orders.note", values: 2 },
    ]);
    expect(await countLosses(client, lineage, "3", "")).toEqual([
      { migration: "2", column: "orders.note", values: 2 },
      { migration: "1", column: "orders", values: 3 },
    ]);
    expect(await countLosses(client, lineage, "1", "3")).toEqual([]);
    const older = { migrations: lineage.migrations.slice(0, 1) };
    expect(await countLosses(client, older, "3", "1")).toEqual([{ migration: "2", column: "orders.note", values: 2 }]);
  });

  it("stops above the allowance, keeps what is lost within it, and puts it back on the way up", async () => {
    const { client, migrate, rows } = await world.database();
    await migrate(lineage, "2");
    await client.query(someOrders);
    await client.query("update orders set note = 'note ' || id where price <= 4");
    await expect(migrate(lineage, "1", { allowDataLoss: { 2: 3 } })).rejects.toThrow(
      "2_note: expected allowDataLoss.2 to allow the loss of 4 values (4 of orders.note), got 3; pulumi config set --path allowDataLoss.2 4",
    );
    expect((await readSchema(client)).head).toBe("2");
    expect(await migrate(lineage, "1", { allowDataLoss: { 2: 4 } })).toMatchObject({
      lost: [{ migration: "2", column: "orders.note", values: 4 }],
    });
    expect(await rows(`select count(*)::int as n from switchback_kept."2"`)).toEqual([{ n: 4 }]);
    await client.query("delete from orders where id = 'o1'; insert into orders values ('new', 1)");
    expect(await migrate(lineage, "2")).toMatchObject({ restored: 3 });
    expect(await rows("select id, note from orders where note is not null order by id")).toEqual(
      ["o2", "o3", "o4"].map((id) => ({ id, note: `note ${id}` })),
    );
    expect(await rows(`select to_regclass('switchback_kept."2"') as kept`)).toEqual([{ kept: null }]);
  });

  it("takes an allowance once: it has to be renewed, unless the same operation went up again", async () => {
    const { client, migrate } = await world.database();
    await migrate(lineage, "2");
    await client.query("insert into orders values ('a', 1, 'x')");
    await migrate(lineage, "1", { allowDataLoss: { 2: 5 }, epoch: "first" });
    await migrate(lineage, "2", { epoch: "first" });
    expect((await readSchema(client)).usedAllowances).toEqual({});
    await migrate(lineage, "1", { allowDataLoss: { 2: 5 } });
    await migrate(lineage, "2");
    expect((await readSchema(client)).usedAllowances).toEqual({ 2: 5 });
    await expect(migrate(lineage, "1", { allowDataLoss: { 2: 5 } })).rejects.toThrow(
      "got 5, which was used before; pulumi config set --path allowDataLoss.2 1",
    );
    expect(await migrate(lineage, "1", { allowDataLoss: { 2: 6 } })).toMatchObject({ to: "1" });
  });
});

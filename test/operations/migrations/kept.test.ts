import { afterAll, beforeAll, expect, it } from "vitest";
import { createWorld, lineageOf, sql, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.remove());

const base = sql(
  "expand, irreversible",
  "create table t (id text primary key); insert into t values ('a'), ('b'), ('c');",
);

it("values of every kind of type come back exactly, also of a type that goes with the column", async () => {
  const { client, migrate, rows } = await world.database();
  const lineage = lineageOf({
    "1_t.sql": base,
    "2_kinds.sql": sql(
      "expand, lossy\n-- loses: t.n, t.d, t.f, t.b, t.j, t.at, t.list, t.span, t.mood, t.moods\n-- lossless: the type has no values of its own",
      `create type mood as enum ('good', 'it''s bad');
alter table t add n numeric, add d interval, add f float8, add b bytea, add j json, add at timestamptz, add list text[],
  add span int4range, add mood mood, add moods mood[];`,
      `alter table t drop n, drop d, drop f, drop b, drop j, drop at, drop list, drop span, drop mood, drop moods;
drop type mood;`,
    ),
  });
  await migrate(lineage, "2");
  await client.query(`update t set n = 12345678901234567890.000100, d = '1 mon 2 days 03:00:00.5', f = 0.1::float8 + 0.2,
    b = '\\x00ff', j = '{"a" :  1, "a": 2}', at = '2026-11-21 01:02:03.456789+01', list = '{"a,b",null,"\\""}',
    span = '[1,5)', mood = 'it''s bad', moods = '{good,"it''s bad"}' where id = 'a'`);
  await client.query("update t set f = 'NaN' where id = 'b'");
  const before = await rows("select t::text from t order by id");
  const { lost } = await migrate(lineage, "1", { allowDataLoss: { 2: 11 } });
  expect(lost.map(({ values }) => values)).toEqual([1, 1, 2, 1, 1, 1, 1, 1, 1, 1]);
  expect(await migrate(lineage, "2")).toMatchObject({ restored: 11 });
  expect(await rows("select t::text from t order by id")).toEqual(before);
});

it("whole tables come back, in the order of their references, with sequences that go on", async () => {
  const { client, migrate, rows } = await world.database();
  const lineage = lineageOf({
    "1_t.sql": base,
    "2_lines.sql": sql(
      "expand, lossy\n-- loses: lines, baskets, t.note",
      `create table baskets (id int generated always as identity primary key, t text references t);
create table lines (id serial primary key, basket int not null references baskets, twice int generated always as (basket * 2) stored);
alter table t add note text;`,
      "drop table lines; drop table baskets; alter table t drop note;",
    ),
  });
  await migrate(lineage, "2");
  await client.query("insert into baskets (t) values ('a'), ('b'); insert into lines (basket) values (1), (2), (2)");
  const { lost } = await migrate(lineage, "1", { allowDataLoss: { 2: 5 } });
  expect(lost.map(({ column, values }) => [column, values])).toEqual([
    ["lines", 3],
    ["baskets", 2],
    ["t.note", 0],
  ]);
  expect(await rows(`select count(*)::int as n from switchback_kept."2.lines"`)).toEqual([{ n: 3 }]);
  expect(await migrate(lineage, "2")).toMatchObject({ restored: 5 });
  await client.query("insert into lines (basket) values (1); insert into baskets (t) values ('c')");
  expect(await rows("select id, basket, twice from lines order by id")).toEqual([
    { id: 1, basket: 1, twice: 2 },
    { id: 2, basket: 2, twice: 4 },
    { id: 3, basket: 2, twice: 4 },
    { id: 4, basket: 1, twice: 2 },
  ]);
  expect(await rows("select max(id) as id from baskets")).toEqual([{ id: 3 }]);
});

it("an allowed loss of a value that is nowhere put back, or of a name that is not there, is refused", async () => {
  const { client, migrate } = await world.database();
  const files = {
    "1_t.sql": sql("expand, irreversible", "create table t (id text);"),
    "2_a.sql": sql("expand, lossy\n-- loses: t.a", "alter table t add a int;", "alter table t drop a;"),
  };
  await migrate(lineageOf(files), "2");
  await client.query("insert into t values ('x', 1)");
  await expect(migrate(lineageOf(files), "1", { allowDataLoss: { 2: 9 } })).rejects.toThrow(
    'expected a primary key in "t", by which a could be put back, got none',
  );
  const wrong = lineageOf({ ...files, "2_a.sql": files["2_a.sql"].replace("loses: t.a", "loses: t.a, t.z") });
  await expect(migrate(wrong, "1", { allowDataLoss: { 2: 9 } })).rejects.toThrow(
    "2_a: expected `loses` to name what is in the database, got t.z",
  );
});

it("values that cannot be put back stop the way up, and are still kept", async () => {
  const { client, migrate, rows } = await world.database();
  const files = {
    "1_t.sql": base,
    "2_a.sql": sql("expand, lossy\n-- loses: t.a", "alter table t add a text;", "alter table t drop a;"),
  };
  await migrate(lineageOf(files), "2");
  await client.query("update t set a = 'many letters'");
  await migrate(lineageOf(files), "1", { allowDataLoss: { 2: 3 } });
  const narrower = lineageOf({ ...files, "2_a.sql": files["2_a.sql"].replace("a text", "a varchar(3)") });
  await expect(migrate(narrower, "2")).rejects.toThrow(
    /expected to put the values of switchback_kept."2" back into "t" after 2_a, got: value too long/,
  );
  expect(await rows(`select count(*)::int as n from switchback_kept."2"`)).toEqual([{ n: 3 }]);
});

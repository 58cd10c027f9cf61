import { describe, expect, it } from "vitest";
import { parseTables, type RowsGoal } from "../../../operations/selective/goal.ts";
import { assertFree, assertReadable } from "../../../operations/selective/operation.ts";
import { ordered, planTable, type TablePlan } from "../../../operations/selective/plan.ts";
import { renderRows } from "../../../operations/selective/render.ts";
import type { Shape } from "../../../operations/selective/shape.ts";
import type { TableTally } from "../../../operations/selective/tally.ts";

const shapeOf = (name: string, change: Partial<Shape> = {}): Shape => ({
  table: `public.${name}`,
  relation: `"public"."${name}"`,
  owner: "app_owner",
  columns: [
    { name: "id", required: true },
    { name: "item", required: true },
    { name: "note", required: false },
  ],
  key: ["id"],
  uniques: [],
  references: [],
  sequences: [],
  ...change,
});
const wanted = { schema: "public", name: "orders", query: null };
const refersTo = (name: string) => ({
  name: "fk",
  columns: ["id"],
  keys: ["id"],
  relation: name,
  table: `public.${name}`,
});

describe("the tables that are asked for", () => {
  it("are named with or without a schema, whole or as a query", () => {
    expect(parseTables(["orders", "shop.items", "public.notes = select * from notes where id = 1; "])).toEqual([
      { schema: "public", name: "orders", query: null },
      { schema: "shop", name: "items", query: null },
      { schema: "public", name: "notes", query: "select * from notes where id = 1" },
    ]);
  });

  it.each([[["a.b.c"]], [["orders="]], [["=select 1"]], [["shop."]]])("are refused as %j", (args) => {
    expect(() => parseTables(args)).toThrow("expected a table such as public.orders, or public.orders=select …, got");
  });

  it("are refused twice, and when there are none", () => {
    expect(() => parseTables(["orders", "public.orders=select 1"])).toThrow(
      "expected each table once, got public.orders",
    );
    expect(() => parseTables([])).toThrow("expected at least one table");
  });
});

describe("the columns of a copy", () => {
  it("are those that both sides have, in the table's order", () => {
    const plan = planTable(wanted, shapeOf("orders"), ["gone", "item", "id"]);
    expect(plan).toMatchObject({ columns: ["id", "item"], leftOut: ["gone"] });
  });

  it("have to hold the key, and what nothing else fills", () => {
    expect(() => planTable(wanted, shapeOf("orders"), ["note"])).toThrow(
      "expected the columns id, item of public.orders among the rows to copy, got note; add them with a query",
    );
    expect(() => planTable(wanted, shapeOf("orders"), ["id", "id", "item"])).toThrow("got id twice");
  });
});

it("writes what others refer to first, whatever was asked for first, and ends on a circle", () => {
  const plan = (name: string, ...to: string[]): TablePlan => ({
    ...{ wanted, columns: [], leftOut: [] },
    shape: shapeOf(name, { references: to.map(refersTo) }),
  });
  const order = (...plans: TablePlan[]) => ordered(plans).map(({ shape }) => shape.table.slice("public.".length));
  expect(order(plan("lines", "orders"), plan("orders", "people", "orders"), plan("people"))).toEqual([
    "people",
    "orders",
    "lines",
  ]);
  expect(order(plan("a", "b"), plan("b", "a"), plan("c", "elsewhere"))).toEqual(["c", "a", "b"]);
});

it("reads only from a whole generation that does not serve", () => {
  const generations = (["ready", "drill", "making", "abandoned"] as const).map((state, index) => ({
    ...{ name: state, index, bornAt: "", state, request: null, source: null, timeline: null },
    ...{ systemIdentifier: null, keepUntil: null },
  }));
  expect(() => assertReadable({ generations }, "ready", "drill")).not.toThrow();
  expect(() => assertReadable({ generations }, "ready", "ready")).toThrow("(drill), got ready, which serves");
  expect(() => assertReadable({ generations }, "ready", "making")).toThrow("(drill), got making");
  expect(() => assertReadable({ generations: [] }, "ready", "x")).toThrow("none: restore one beside");
});

const tallyOf = (change: Partial<TableTally> = {}): TableTally => ({
  ...{ table: "public.orders", rows: 1000, missing: 12, changed: 3, same: 983, conflicts: [], only: 40, leftOut: [] },
  written: null,
  ...change,
});
const conflict = { why: "unique orders_code_key", rows: 2, such: ["7", "9"] };

it("refuses rows that conflict, and says which", () => {
  expect(() => assertFree([tallyOf()])).not.toThrow();
  expect(() => assertFree([tallyOf({ conflicts: [conflict] })])).toThrow(
    "got public.orders: 2 for unique orders_code_key, such as 7; 9; nothing was written",
  );
});

describe("what is told", () => {
  const goal: RowsGoal = {
    ...{ stack: "prod", database: "app", from: "restored-aaaaaaaa", tables: [wanted], changed: false },
    ...{ triggers: "origin" as const, skipConflicts: false, write: false },
  };

  it("of a dry run is what would be written", () => {
    const tables = [tallyOf({ conflicts: [conflict], leftOut: ["old"] }), tallyOf({ table: "public.x", only: null })];
    expect(renderRows(goal, { to: "initial", tables, before: null })).toEqual([
      "table          in restored-aaaaaaaa  missing  changed  same  conflicts  only now",
      "public.orders                  1000       12        3   983          2        40",
      "public.x                       1000       12        3   983          0         -",
      "public.orders: left out, because there is no such column now: old",
      "public.orders: 2 conflict with unique orders_code_key, such as 7; 9",
      "24 to insert, 0 to update; nothing was written. To write them: the same with --yes --skip-conflicts",
    ]);
    expect(renderRows({ ...goal, changed: true }, { to: "initial", tables: [tallyOf()], before: null }).at(-1)).toBe(
      "12 to insert, 3 to update; nothing was written. To write them: the same with --yes",
    );
    expect(renderRows(goal, { to: "initial", tables: [tallyOf({ missing: 0 })], before: null }).at(-1)).toBe(
      "nothing to write",
    );
  });

  it("of a write is what was written, what was not, and the way back", () => {
    const tables = [tallyOf({ written: { inserted: 11, updated: 3 } })];
    expect(renderRows({ ...goal, write: true }, { to: "initial", tables, before: "0/5000110" })).toEqual([
      "table          in restored-aaaaaaaa  missing  changed  same  conflicts  only now  inserted  updated",
      "public.orders                  1000       12        3   983          0        40        11        3",
      "public.orders: 1 not inserted: they came meanwhile, or a trigger refused them",
      "written in one transaction; the way back: targetLsn 0/5000110 of initial",
    ]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { roundTrip } from "../../scripts/round-trip.ts";
import { orders, sql } from "../operations/migrations/world.ts";

const folder = mkdtempSync(join(tmpdir(), "round-trip-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("tells migrations that lead back to the same schema and rows from those that do not", async () => {
  const files: Record<string, string> = {
    ...orders,
    "seeds/1_orders.sql": "insert into orders values ('a', 1), ('b', 2)",
    "seeds/2_note.sql": "update orders set note = 'x' where id = 'a'",
    "4_index.sql": sql("expand, reversible", "create index if not exists notes on orders (note);", "select 1;"),
    "5_round.sql": sql(
      "expand, reversible\n-- lossless: so its author thinks",
      "alter table orders add column dozens int; update orders set dozens = cents / 12;",
      "update orders set cents = dozens * 12; alter table orders drop column dozens;",
    ),
    "7_never.sql": sql("expand, reversible", "select 1;", "select 1;"),
    "6_end.sql": sql("contract, reversible", "drop view gone;", "select 1;"),
  };
  mkdirSync(join(folder, "seeds"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const lines: string[] = [];
  const trips = await roundTrip(folder, (line) => lines.push(line));
  expect(trips.map(({ migration, problems }) => [migration, problems.length > 0])).toEqual([
    ["1_orders", false],
    ["2_note", false],
    ["3_cents", true],
    ["4_index", true],
    ["5_round", true],
    ["6_end", true],
  ]);
  expect(trips[1]?.kept).toEqual([{ column: "orders.note", values: 1 }]);
  expect(lines[0]).toBe("1_orders: same schema, same rows; going back takes 2 of orders away, going up puts them back");
  expect(lines[2]).toContain("after up and down: expected the 2 rows of public.orders as they were, got others");
  expect(lines[3]).toContain("expected the same schema, got other lines: + CREATE INDEX notes");
  expect(lines[5]).toBe('6_end: expected its up to run, got: view "gone" does not exist; nothing has changed');
});

it("says so when the migrations of the reference application lead back", async () => {
  const trips = await roundTrip("migrations");
  expect(trips.flatMap(({ problems }) => problems)).toEqual([]);
  expect(trips.at(-1)?.kept).toEqual([{ column: "orders.discount_cents", values: 3 }]);
});

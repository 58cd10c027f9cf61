import { expect, test } from "vitest";
import { compareOrders, type Order } from "../../../scripts/load/ledger.ts";

const order = { id: "1", item: "tea", currency: "EUR", price: 1.5, price_cents: 150, discount_cents: 5 };
const compare = (...rows: Order[]) => compareOrders([order], new Map(rows.map((row) => [row.id, row])));

test("an order is compared on the columns that it and the schema both have, with numbers that come as text", () => {
  const row: Order = { id: "1", item: "tea", currency: "EUR", price: "1.50", price_cents: "150" };
  expect(compare(row)).toEqual({ acknowledged: 1, missing: 0, examples: [] });
});

test("an order that is not there is missing, and so is one with another value", () => {
  expect(compare()).toEqual({
    acknowledged: 1,
    missing: 1,
    examples: ["1: expected the order to be in the database, got none"],
  });
  expect(compare({ ...order, discount_cents: 0 })).toMatchObject({
    missing: 1,
    examples: ["1: expected discount_cents 5, got 0"],
  });
});

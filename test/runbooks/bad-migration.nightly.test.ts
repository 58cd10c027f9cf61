import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseStack, head, query } from "../e2e/database.ts";
import { ask, served, type TestStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack({ activeColor: "blue" });
  await stack.upOk();
  const colors = { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.1.0" } };
  await stack.upOk({ activeColor: "green", colors, schemaVersion: "4" });
});
afterAll(() => stack?.cleanup());

it("goes back across a contract with the values kept, and forward again with them", async () => {
  const body = JSON.stringify({ id: "kept", item: "tea", price: 2, currency: "EUR", discount_cents: 7 });
  expect((await ask(`${stack.url}/orders`, { method: "POST", body })).status).toBe(201);
  const { type, finish } = walk("bad-migration", stack);
  const values = { migration: "4", most: "100" };
  const [, refused] = await type("back", values);
  expect(refused).toMatch(/got\s+1\s+values\s+of\s+orders\.discount_cents/);
  expect([await served(stack), await head(stack)]).toEqual(["200 blue 1.1.0", "3"]);
  await type("forward", values);
  expect([await served(stack), await head(stack)]).toEqual(["200 green 2.1.0", "4"]);
  expect(await query(stack, "select discount_cents from orders where id = 'kept'")).toEqual([{ discount_cents: 7 }]);
  finish();
});

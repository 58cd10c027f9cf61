import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseStack, query, serving } from "../e2e/database.ts";
import { served, type TestStack } from "../e2e/stack.ts";
import { moment, order, orders } from "./orders.ts";
import { type Walk, walk } from "./walk.ts";

let stack: TestStack;
let book: Walk;
let time: string;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
  book = walk("bad-delete", stack);
});
afterAll(() => stack.cleanup());

it("brings all data back as they were before the statement", async () => {
  for (const id of ["a", "b"]) await order(stack, id);
  time = await moment();
  await query(stack, "delete from orders");
  await order(stack, "since");
  await book.type("look");
  await book.type("all", { time });
  expect(await orders(stack)).toEqual(["a", "b"]);
  expect(await served(stack)).toBe("200 green 2.0.0");
});

it("goes back from that to the generation that was left", async () => {
  await book.type("undo", { restored: await serving(stack) });
  expect(await serving(stack)).toBe("initial");
  expect(await orders(stack)).toEqual(["since"]);
  expect(await served(stack)).toBe("200 green 2.0.0");
});

it("copies the rows that are missing from a drill, and keeps what was written since", async () => {
  const [printed = ""] = await book.type("rows", { time });
  const drill = /restored-\w+/.exec(printed)?.[0] ?? "";
  await book.type("copy", { drill });
  expect(await orders(stack)).toEqual(["a", "b", "since"]);
  book.finish();
});

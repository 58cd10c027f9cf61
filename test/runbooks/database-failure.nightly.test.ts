import { afterAll, beforeAll, expect, it } from "vitest";
import { execOk } from "../../operations/live/docker.ts";
import { databaseStack, query } from "../e2e/database.ts";
import { docker, served, type TestStack } from "../e2e/stack.ts";
import { archive, moment, order, orders } from "./orders.ts";
import { type Walk, walk } from "./walk.ts";

let stack: TestStack;
let book: Walk;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
  book = walk("database-failure", stack);
});
afterAll(() => stack.cleanup());

const serving = { serving: "initial" };
const database = () => docker.getContainer(stack.container("database-initial"));

it("moves the traffic while the database is dead, then starts it again", async () => {
  await order(stack, "a");
  await database().kill();
  await book.type("look", serving);
  await book.type("traffic");
  expect(await served(stack)).toBe("200 blue 1.1.0");
  await book.type("start", serving);
  await order(stack, "b");
  expect(await orders(stack)).toEqual(["a", "b"]);
});

it("makes a container that is gone anew, on the volume that stayed", async () => {
  await database().remove({ force: true });
  await book.type("container");
  await order(stack, "c");
  expect(await orders(stack)).toEqual(["a", "b", "c"]);
});

it("sets a password right that somebody changed by hand", async () => {
  await query(stack, "alter role orders_blue password 'nobody knows'");
  await query(stack, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'orders_blue'");
  const { stdout } = await stack.switchback("validate", "--quick");
  expect(stdout).toMatch(/^fail +pooler blue /m);
  await book.type("password");
  await order(stack, "d");
});

it("restores the data when the volume is empty too, up to what was archived", async () => {
  const time = await moment();
  await order(stack, "late");
  await archive(stack);
  await database().remove({ force: true });
  await execOk(docker, stack.container("database-initial-keeper"), ["sh", "-c", "rm -rf /data/*"]);
  await book.type("data", { time });
  expect(await orders(stack)).toEqual(["a", "b", "c", "d"]);
  await order(stack, "after");
  expect(await served(stack)).toBe("200 blue 1.1.0");
  book.finish();
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseStack } from "../e2e/database.ts";
import { ask, inside, served, type TestStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

const order = async (id: string) => {
  const body = JSON.stringify({ id, item: "tea", price: 2, currency: "EUR" });
  return (await ask(`${stack.url}/orders`, { method: "POST", body })).status;
};

it("brings everything back that a database drags down which does not answer, in order, behind the page", async () => {
  const { type, finish } = walk("cascading-failure", stack);
  expect(await order("before")).toBe(201);
  const hang =
    "for p in /proc/[0-9]*; do grep -qaE '^(/[^ ]*/)?postgres' $p/cmdline && kill -STOP $(basename $p); done; true";
  await inside(stack, "database-initial", hang);
  const waiting = Array.from({ length: 20 }, (_, at) => order(`waits-${at}`).catch(() => 0));
  await type("contain");
  expect((await ask(`${stack.url}/version`)).status).toBe(503);
  await type("restart", { generation: "initial" });
  await Promise.all(waiting);
  expect(await served(stack)).toBe("200 green 2.0.0");
  expect((await ask(`${stack.url}/orders/before`)).status).toBe(200);
  expect(await order("after")).toBe(201);
  finish();
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { served, type TestStack, testStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
});
afterAll(() => stack.cleanup());

it("goes back to the release before, with the engine and without", async () => {
  const { type, finish } = walk("failed-deploy", stack);
  await type("back");
  expect(await served(stack)).toBe("200 blue 1.0.0");
  await stack.upOk({ activeColor: "green" });
  await type("glass");
  expect(await served(stack)).toBe("200 blue 1.0.0");
  expect((await stack.up()).code).not.toBe(0);
  await type("clear");
  expect(await served(stack)).toBe("200 green 1.1.0");
  finish();
});

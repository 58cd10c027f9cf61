import { afterAll, beforeAll, expect, it } from "vitest";
import { served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
});
afterAll(() => stack.cleanup());

const rollback = (...args: string[]) =>
  stack.shell([".ci/rollback", stack.stack, ...args].map((word) => `'${word}'`).join(" "));

it("a CI goes back without a terminal, to the release before, and ends as the command does", async () => {
  const { code, stdout, stderr } = await rollback("the deploy failed");
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^serves +green 1\.1\.0/m);
  expect(stdout).toMatch(/done in [\d.]+ s: blue 1\.0\.0/);
  expect(await served(stack)).toBe("200 blue 1.0.0");
  expect((await stack.journal()).at(-1)).toMatchObject({ event: "rollback-ended", reason: "the deploy failed" });
  expect((await rollback("once more")).code).toBe(1);
  expect((await rollback("that one", "2.0.0", "1")).code).toBe(3);
  expect(await served(stack)).toBe("200 blue 1.0.0");
});

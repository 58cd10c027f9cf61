import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, docker, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
  await stack.upOk();
});
afterAll(() => stack.cleanup());

const decide = async (...args: string[]) => {
  const { stdout } = await stack.ok("decide", "--json", ...args);
  return JSON.parse(stdout);
};

it("measures a healthy stack, and says what it could not measure", async () => {
  const decision = await decide("--live");
  expect(decision).toMatchObject({ outcome: "monitor", row: "calm", priority: "P4" });
  expect(decision.symptoms).toMatchObject({ otherColor: "warm" });
  expect(decision.symptoms).not.toHaveProperty("dependencyDown");
  expect(decision.symptoms.sinceChangeMinutes).toBeLessThan(3);
  expect(decision.symptoms.memoryPercent).toBeGreaterThan(1);
  expect(decision.notes).toEqual([expect.stringMatching(/^requests: not known: fewer than 20/)]);
});

it("takes a flag before a measurement", async () => {
  const told = ["--error-rate", "12", "--error-type", "exceptions", "--since-change", "6m", "--other-color", "cold"];
  expect(await decide("--live", ...told)).toMatchObject({ outcome: "level 2", priority: "P2" });
});

it("proposes level 1, by name, when what was just switched to is dead; and level 2 when no color is warm", async () => {
  await docker.getContainer(stack.container("green-orders-1")).kill();
  await Promise.all(Array.from({ length: 40 }, () => ask(`${stack.url}/version`)));
  // Docker has a line a moment after its request.
  await expect
    .poll(async () => (await decide("--live")).symptoms.errorPercent, { timeout: 15_000 })
    .toBeGreaterThan(50);
  const decision = await decide("--live");
  expect(decision).toMatchObject({ outcome: "level 1", row: "release wrong", priority: "P1" });
  expect(decision.symptoms).toMatchObject({ crash: "down", errorType: "no-answer" });
  expect(decision.next.commands[0]).toMatch(
    new RegExp(
      `^npx switchback rollback --quick --reason "release wrong: errors \\d+ %, nothing answers" --stack ${stack.stack}$`,
    ),
  );
  await docker.getContainer(stack.container("blue-orders-1")).kill();
  expect(await decide("--live")).toMatchObject({ outcome: "level 2", symptoms: { otherColor: "cold" } });
});

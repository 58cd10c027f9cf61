import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, inside, ordersWith, served, type TestStack, testStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack({ services: { orders: ordersWith({ replicas: 2, stopSeconds: 2 }) } });
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
});
afterAll(() => stack?.cleanup());

it("brings a hung replica back by a restart, and leaves a color that does not stay up", async () => {
  const { type, finish } = walk("service-crash", stack);
  const hang = "for p in /proc/[0-9]*; do grep -qzx /app/server.js $p/cmdline && kill -STOP $(basename $p); done; true";
  await inside(stack, "green-orders-1", hang);
  await type("restart");
  for (let round = 0; round < 6; round++) expect(await served(stack)).toBe("200 green 1.1.0");

  for (const replica of [1, 2]) {
    const name = stack.container(`green-orders-${replica}`);
    await stack.shell(`docker exec --user root ${name} rm /app/server.js`);
    await docker.getContainer(name).kill();
  }
  const words = ["orders", "--side", "green", "--reason", "all of green is down"];
  expect((await stack.switchback("restart", ...words)).code).not.toBe(0);
  await type("again");
  expect(await served(stack)).toBe("200 blue 1.0.0");
  finish();
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, changedIn, docker, served, type TestStack, testStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

const network = () => docker.getNetwork(stack.container("green"));
const addressOf = async (name: string) => {
  const { NetworkSettings } = await docker.getContainer(stack.container(name)).inspect();
  return NetworkSettings.Networks[stack.container("green")]!.IPAddress;
};
const cut = (name: string) => network().disconnect({ Container: stack.container(name), Force: true });
const status = () =>
  ask(`${stack.url}/version`).then(
    (answer) => answer.status,
    () => "no answer",
  );

it("puts containers back where they belong, and makes a network again that is gone", async () => {
  const { type, finish } = walk("network-failure", stack);
  const values = { address: await addressOf("green-orders-1"), router: await addressOf("router") };

  await cut("green-orders-1");
  expect(await status()).not.toBe(200);
  await type("container", values);
  expect(await served(stack)).toBe("200 green 1.1.0");

  await cut("router");
  expect(await status()).not.toBe(200);
  await type("router", values);
  expect(await served(stack)).toBe("200 green 1.1.0");

  await cut("green-orders-1");
  await cut("router");
  await network().remove();
  await type("network", values);
  expect(await served(stack)).toBe("200 green 1.1.0");
  expect(await changedIn(stack)).toEqual([]);
  finish();
});

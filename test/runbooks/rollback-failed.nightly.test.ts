import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { engine, inside, served, type TestStack, testStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack({ rollback: { breaker: { rollbacks: 100, hours: 1 } } }, { copies: ["sets", "releases"] });
  stack.set({ router: { port: stack.port, gate: { timeoutSeconds: 10 } } });
  // Release 2.1.0 comes with a set with which it never gets ready.
  cpSync(join(stack.dir, "sets/orders-2"), join(stack.dir, "sets/slow"), { recursive: true });
  writeFileSync(set(), "env: {ORDERS_NEVER_READY: '1'}\n");
  const release = join(stack.dir, "releases/2.1.0.yaml");
  writeFileSync(release, readFileSync(release, "utf8").replace("releaseSet: orders-2", "releaseSet: slow"));
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
});
afterAll(() => stack?.cleanup());

const set = () => join(stack.dir, "sets/slow/set.yaml");
const words = ["--yes", "--reason", "green answers 500", "--engine", engine];
const rollback = (to: string) => stack.switchback("rollback", "--to", to, ...words);

it("goes on after a rollback that was refused, was cut off, or failed, and without the engine", async () => {
  const { type, finish } = walk("rollback-failed", stack);
  await type("look");

  await inside(stack, "router", "switchback-route blue --because 'by hand'");
  expect((await rollback("2.0.0")).code).toBe(3);
  const [, refusal] = await type("refused", { target: "2.0.0" });
  expect(refusal!.match(/refused, nothing was changed/g)).toHaveLength(1);
  await inside(stack, "router", "switchback-route --clear");

  const child = stack.start("rollback", "--to", "2.0.0", ...words);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const config = () => readFileSync(stack.configFile, "utf8");
  await expect.poll(config, { timeout: 60_000, interval: 50 }).toContain("2.0.0");
  process.kill(-child.pid!, "SIGKILL");
  await ended;
  await type("cut", { target: "2.0.0" });
  expect(await served(stack)).toBe("200 blue 2.0.0");

  const failed = await rollback("2.1.0");
  expect([failed.code, failed.stdout]).toEqual([5, expect.stringContaining("next: switchback rollback --to 1")]);
  expect(await served(stack)).toBe("200 blue 2.0.0");
  await type("older", { target: "2.1.0", older: "1.0.0" });
  expect(await served(stack)).toBe("200 green 1.0.0");

  expect((await rollback("2.1.0")).code).toBe(5);
  writeFileSync(set(), "{}\n");
  await type("again");
  expect(await served(stack)).toBe("200 blue 2.1.0");

  await type("glass");
  expect(await served(stack)).toBe("200 green 1.0.0");
  await type("clear");
  expect(await served(stack)).toBe("200 blue 2.1.0");
  finish();
});

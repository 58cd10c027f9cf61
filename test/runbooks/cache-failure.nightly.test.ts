import { afterAll, beforeAll, expect, it } from "vitest";
import { exec, execOk } from "../../operations/live/docker.ts";
import { cacheCommand, cachePasswordFile, cacheSocket } from "../../stacks/cache-plan.ts";
import { docker, ordersWith, served, type TestStack, testStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack({
    services: { orders: ordersWith({ cache: true }) },
    secrets: { cache: "canary-of-the-cache" },
    cache: { secret: "cache", memoryMb: 16, parameters: { "maxmemory-policy": "noeviction" } },
  });
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

const redis = async (...words: string[]) =>
  (await execOk(docker, stack.container("cache"), cacheCommand(...words))).trim();

/** Writes 60 entries of 256 KiB. Resolves to what Redis said. */
async function fill(): Promise<string> {
  const write = `redis-cli -s ${cacheSocket} eval 'return redis.call("set", KEYS[1], string.rep("x", 262144))' 1`;
  const line = `export REDISCLI_AUTH=$(cat ${cachePasswordFile}); for i in $(seq 60); do ${write} orders:$i; done`;
  const { stdout, stderr } = await exec(docker, stack.container("cache"), ["sh", "-uc", line]);
  return stdout + stderr;
}

it("brings a cache back that is dead, full, or has entries of another release", async () => {
  const { type, finish } = walk("cache-failure", stack);
  await docker.getContainer(stack.container("cache")).kill();
  expect(await served(stack)).toBe("200 green 1.1.0");
  const { stdout } = await stack.ok("decide", "--live", "--json");
  expect(JSON.parse(stdout).symptoms).toMatchObject({ dependencyDown: true });
  await type("dead");
  expect(await redis("ping")).toBe("PONG");
  expect(JSON.parse((await stack.ok("decide", "--live", "--json")).stdout).symptoms).not.toHaveProperty(
    "dependencyDown",
  );

  expect(await fill()).toContain("OOM command not allowed");
  await type("full", { more: "64" });
  expect(await fill()).not.toContain("OOM");

  await redis("set", "session", "stays");
  const [found] = await type("poisoned", { prefix: "orders:" });
  expect(found!.trim().split("\n")).toHaveLength(60);
  expect(await redis("keys", "*")).toBe("session");
  expect(await served(stack)).toBe("200 green 1.1.0");
  finish();
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execOk } from "../../operations/live/docker.ts";
import { cacheCommand } from "../../stacks/cache-plan.ts";
import { docker, engine, inside, ordersWith, served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
const cache = (prefix: string) => ({ secret: "cache", persistence: "aof", flush: { onRollback: { prefix } } });

beforeAll(async () => {
  stack = await testStack({
    services: { orders: ordersWith({ cache: true }) },
    secrets: { cache: "canary-of-the-cache" },
    cache: cache("order[*]:"),
  });
});
afterAll(() => stack.cleanup());

const redis = async (...words: string[]) =>
  (await execOk(docker, stack.container("cache"), cacheCommand(...words))).trim();
const keys = async () => (await redis("keys", "*")).split("\n").sort();
const fill = async () => {
  for (let index = 0; index < 40; index++) await redis("set", `order[*]:${index}`, "new");
};

async function changed(): Promise<string[]> {
  const { stdout } = await stack.ok("preview", "--json", "--engine", engine);
  const digest: { steps: { op: string; urn: string }[] } = JSON.parse(stdout);
  return digest.steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
}

describe("the cache", () => {
  it("is reached by both colors by the URL that they get, and changes nothing when `up` runs again", async () => {
    await stack.upOk();
    for (const color of ["blue", "green"]) {
      const url = (await inside(stack, `${color}-orders-1`, "cat /run/secrets/cache-url")).trim();
      const { password, hostname, port } = new URL(url);
      const ask = `const s = require("node:net").connect(${port}, "${hostname}", () => s.write("AUTH ${password}\\r\\nPING\\r\\n"));
        s.on("data", (text) => { process.stdout.write(text); if (/PONG|ERR|NOAUTH/.test(text)) s.end(); });`;
      expect(await execOk(docker, stack.container(`${color}-orders-1`), ["node", "-e", ask])).toContain("+PONG");
    }
    expect(await changed()).toEqual([]);
  });

  it("shows its password nowhere in what anybody can inspect", async () => {
    const password = new URL((await inside(stack, "green-orders-1", "cat /run/secrets/cache-url")).trim()).password;
    const found = await docker.getContainer(stack.container("cache")).inspect();
    expect(JSON.stringify(found)).not.toContain(password);
    expect(await inside(stack, "cache", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).not.toContain(password);
  });

  it("keeps everything at level 1, and what it has when its container starts again", async () => {
    await fill();
    await redis("set", "session", "stays");
    await redis("set", "orders", "stays");
    const { stdout } = await stack.upOk({ activeColor: "blue" });
    expect(stdout).not.toContain("cache:");
    await docker.getContainer(stack.container("cache")).restart();
    await expect.poll(keys, { timeout: 20_000 }).toHaveLength(42);
    await stack.upOk({ activeColor: "green" });
    expect(await keys()).toHaveLength(42);
  });

  it("loses what an older release must not find, and nothing else, when the release goes back", async () => {
    stack.set({ colors: { blue: { imageTag: "2.0.0" }, green: { imageTag: "1.1.0" } }, activeColor: "blue" });
    await stack.upOk();
    expect(await keys()).toHaveLength(42);
    const back = { colors: { blue: { imageTag: "2.0.0" }, green: { imageTag: "1.0.0" } }, activeColor: "green" };
    stack.set(back);
    const { stdout } = await stack.upOk();
    expect(stdout).toContain("keys that begin with order[*]: are removed, because the release goes back");
    expect(stdout).toContain("cache: removed 40 keys that begin with order[*]:");
    expect(await served(stack)).toBe("200 green 1.0.0");
    expect(await keys()).toEqual(["orders", "session"]);
    expect(await changed()).toEqual([]);
  });

  it("that does not run begins empty when it starts, and does not stop the way back", async () => {
    await stack.upOk({ colors: { blue: { imageTag: "2.0.0" }, green: { imageTag: "1.0.0" } }, activeColor: "blue" });
    await docker.getContainer(stack.container("cache")).stop();
    const back = { colors: { blue: { imageTag: "2.0.0" }, green: { imageTag: "1.1.0" } }, activeColor: "green" };
    const { stdout } = await stack.upOk(back);
    expect(stdout).toContain("cache: it does not run; it will be empty when it starts");
    await docker.getContainer(stack.container("cache")).start();
    await expect.poll(() => redis("dbsize"), { timeout: 20_000 }).toBe("0");
  });

  it("keeps its volume in a keeper, after `destroy` too", async () => {
    await stack.ok("destroy", "--yes", "--engine", engine);
    const { State } = await docker.getContainer(stack.container("cache-keeper")).inspect();
    expect(State.Running).toBe(true);
  });
});

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, ordersWith, served, type TestStack, testStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack({}, { copies: ["sets"] });
  const edges = { "edge-2025": "8m", "edge-2026": "1k" };
  for (const [name, size] of Object.entries(edges)) {
    mkdirSync(join(stack.dir, "sets", name));
    cpSync(join(stack.dir, "sets/platform/maintenance.html"), join(stack.dir, "sets", name, "maintenance.html"));
    writeFileSync(join(stack.dir, "sets", name, "nginx.conf"), `client_max_body_size ${size};\n`);
  }
  releaseSet("orders-2-wrong", "off");
  releaseSet("orders-3", "new");
  await stack.upOk({ activeColor: "blue", platform: { set: "edge-2025" } });
});
afterAll(() => stack?.cleanup());

function releaseSet(name: string, checkout: string): void {
  const folder = join(stack.dir, "sets", name);
  cpSync(join(stack.dir, "sets/orders"), folder, { recursive: true });
  writeFileSync(join(folder, "flags.json"), JSON.stringify({ checkout }));
}

const flags = async () => JSON.parse((await ask(`${stack.url}/version`)).body).flags;
const order = async () => {
  const body = JSON.stringify({ id: "large", item: "tea".repeat(1000), price: 1 });
  return (await ask(`${stack.url}/orders`, { method: "POST", body })).status;
};

it("corrects what is refused, and takes back what was accepted: a release set, and the platform set", async () => {
  const { type, finish } = walk("config-error", stack);

  stack.set({ services: { orders: ordersWith({ port: "eighty" }) } });
  await type("refused", { key: "services.orders.port", value: "8080" });
  expect(await served(stack)).toBe("200 blue 1.0.0");

  const services = { orders: ordersWith({}) };
  const colors = (releaseSet: string) => ({
    blue: { imageTag: "1.0.0" },
    green: { imageTag: "1.1.0", releaseSet },
  });
  await stack.upOk({ services, activeColor: "green", colors: colors("orders-2-wrong") });
  expect(await flags()).toEqual({ checkout: "off" });
  await type("set", { set: "orders-3" });
  expect([await served(stack), await flags()]).toEqual(["200 green 1.1.0", { checkout: "new" }]);

  await stack.upOk({ colors: colors("orders-3"), platform: { set: "edge-2026" } });
  expect(await order()).toBe(413);
  await type("platform", { former: "edge-2025" });
  expect(await order()).toBe(201);
  expect(await served(stack)).toBe("200 green 1.1.0");
  finish();
});

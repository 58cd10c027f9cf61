import { afterAll, beforeAll, expect, it } from "vitest";
import { updateCatalogue } from "../../operations/generations/catalogue.ts";
import { databaseStack, serving } from "./database.ts";
import { docker, engine, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function recover(): Promise<string> {
  await wait(1100);
  await stack.upOk({ targetTime: new Date().toISOString() });
  return serving(stack);
}

it("goes on without a generation that was removed after its date, and takes its address for the next one", async () => {
  const restored = await recover();
  const early = await stack.switchback("generations", "remove", "initial", "--yes", "--engine", engine);
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("kept until")]);
  await updateCatalogue(docker, stack.stack, (catalogue) => ({
    ...catalogue,
    generations: catalogue.generations.map((one) =>
      one.name === "initial" ? { ...one, keepUntil: "2026-01-01T00:00:00.000Z" } : one,
    ),
  }));
  const listed = await stack.ok("generations", "list", "--json", "--engine", engine);
  expect(JSON.parse(listed.stdout).map(({ state }: { state: string }) => state)).toEqual(["kept", "serves"]);
  await stack.ok("generations", "remove", "initial", "--yes", "--engine", engine);
  await expect(docker.getVolume(stack.container("database-initial")).inspect()).rejects.toThrow();
  await stack.upOk();
  expect(await serving(stack)).toBe(restored);
  expect(await served(stack)).toBe("200 green 2.0.0");
  const preview = await stack.ok("preview", "--json", "--engine", engine);
  expect(JSON.parse(preview.stdout).steps.filter(({ op }: { op: string }) => op !== "same")).toEqual([]);
  const third = await recover();
  expect(third).not.toBe(restored);
  const { NetworkSettings } = await docker.getContainer(stack.container(`database-${third}`)).inspect();
  const [network] = Object.values(NetworkSettings.Networks);
  expect(network?.IPAddress).toMatch(/\.16$/);
}, 300_000);

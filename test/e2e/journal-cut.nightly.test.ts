import { once } from "node:events";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Change } from "../../operations/journal/changes.ts";
import { engine, type TestStack, testStack } from "./stack.ts";

const colors = { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } };
// Never gets ready, so that there is time to cut the run off.
const broken = { ...colors, blue: { imageTag: "1.0.0", services: { orders: { command: ["false"] } } } };
let stack: TestStack;

beforeAll(async () => {
  stack = await testStack();
  stack.set({ router: { port: stack.port, gate: { timeoutSeconds: 20 } } });
  await stack.upOk();
});
afterAll(() => stack.cleanup());

const changes = async (): Promise<Change[]> =>
  JSON.parse((await stack.ok("history", "--json", "--engine", engine)).stdout).changes;

/** Starts a change that cannot end by itself for a while. */
async function begun() {
  const before = (await stack.journal()).filter(({ event }) => event === "begun").length;
  stack.set({ activeColor: "blue", colors: broken });
  const child = stack.start("up", "--yes", "--skip-preview", "--engine", engine);
  const more = async () => (await stack.journal()).filter(({ event }) => event === "begun").length > before;
  await vi.waitUntil(more, { timeout: 30_000, interval: 200 });
  return child;
}

it("a run that was killed is a change that started and has no end, also after the next one", async () => {
  const child = await begun();
  process.kill(-child.pid!, "SIGKILL");
  await once(child, "exit");
  expect((await changes()).at(-1)).toMatchObject({ status: "started", from: "green 1.1.0", to: "blue 1.0.0" });
  await vi.waitUntil(async () => (await stack.up({ activeColor: "green", colors })).code === 0, { timeout: 60_000 });
  expect((await changes())[1]?.status).toBe("started");
  const { code, stdout } = await stack.switchback("journal", "verify", "--engine", engine);
  expect([code, stdout]).toEqual([0, expect.stringContaining("the engine's history agrees")]);
}, 120_000);

it("a run that Ctrl-C stops is told as aborted, and not as done", async () => {
  const child = await begun();
  // As a terminal does, to all of it.
  process.kill(-child.pid!, "SIGINT");
  await once(child, "exit");
  const [last] = (await changes()).slice(-1);
  expect(last).toMatchObject({ status: "aborted", from: "green 1.1.0", to: "blue 1.0.0" });
  expect(
    (await stack.journal()).filter(({ event, run }) => event === "ended" && last!.runs.includes(String(run))),
  ).toEqual([]);
  await vi.waitUntil(async () => (await stack.up({ activeColor: "green", colors })).code === 0, { timeout: 60_000 });
}, 120_000);

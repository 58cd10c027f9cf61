import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changedIn, engine, served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack({ rollback: { breaker: { rollbacks: 100, hours: 1 } } });
  await stack.upOk();
});
afterAll(() => stack.cleanup());

const own = async () => (await stack.journal()).filter(({ operation }) => operation === "rollback");
const until = (step: string, before: number) =>
  expect.poll(async () => (await own()).slice(before).at(-1)?.step, { timeout: 30_000, interval: 50 }).toBe(step);

/** Starts a rollback and sends a signal to all of it once it is in a step. Resolves to its exit code. */
async function cut(signal: "SIGKILL" | "SIGINT", step: string, ...args: string[]): Promise<number | null> {
  const before = (await own()).length;
  const child = stack.start("rollback", ...args, "--yes", "--reason", "to be cut off", "--engine", engine);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await until(step, before);
  process.kill(-child.pid!, signal);
  return ended;
}

describe("a rollback that is cut off", () => {
  it("has changed nothing when it was killed before the config was written, and the next run says so", async () => {
    await cut("SIGKILL", "capture", "--quick");
    expect(await served(stack)).toBe("200 green 1.1.0");
    const { stdout } = await stack.ok("rollback", "--quick", "--dry-run", "--engine", engine);
    expect(stdout).toMatch(/a rollback to blue 1\.0\.0 was cut off: begun at .* by\s+tester/);
    expect(stdout).toContain("it changed nothing");
    const { stdout: status } = await stack.ok("status", "--engine", engine);
    expect(status).toMatch(/^rollback +.* begun, and not finished/m);
  });

  it("ends the step under way on Ctrl-C in `up`, says where things stand, and the same `up` goes on", async () => {
    const code = await cut("SIGINT", "up", "--to", "2.0.0");
    expect([0, 4]).toContain(code);
    expect((await own()).at(-1)).toMatchObject({ event: "rollback-ended", status: code === 0 ? "done" : "aborted" });
    expect((await served(stack)).slice(0, 3)).toBe("200");
    await stack.ok("up", "--yes", "--skip-preview", "--engine", engine);
    expect(await served(stack)).toBe("200 blue 2.0.0");
    expect(await changedIn(stack)).toEqual([]);
  });
});

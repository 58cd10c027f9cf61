import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { isRunning } from "../../../operations/live/process.ts";

it("tells a process that runs from one that is gone, and from one that has ended and was not waited for", async () => {
  expect(isRunning(process.pid)).toBe(true);
  expect(isRunning(4194301)).toBe(false);
  // The shell becomes a sleep that never asks for its child's exit code.
  const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 30"]);
  const [printed] = await once(parent.stdout, "data");
  const child = Number(String(printed));
  await expect.poll(() => isRunning(child)).toBe(false);
  expect(() => process.kill(child, 0)).not.toThrow();
  parent.kill();
});

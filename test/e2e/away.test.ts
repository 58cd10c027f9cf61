import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Container } from "dockerode";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, engine, served, type TestStack, testStack } from "./stack.ts";

// Entering a network namespace needs root and the engine on this host.
const able =
  process.getuid?.() === 0 &&
  existsSync("/usr/bin/nsenter") &&
  existsSync("/var/run/docker.sock") &&
  !process.env.DOCKER_HOST;
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let stack: TestStack;
let island: Container;
beforeAll(async () => {
  if (!able) return;
  stack = await testStack();
  // A container without a network: its namespace has a loopback and nothing else.
  island = await docker.createContainer({
    name: `island-${randomBytes(3).toString("hex")}`,
    Image: "debian:trixie-slim",
    Cmd: ["sleep", "600"],
    Labels: { "switchback.test": "away" },
    HostConfig: { NetworkMode: "none", Init: true },
  });
  await island.start();
});
afterAll(async () => {
  if (!able) return;
  await island.remove({ force: true });
  await stack.cleanup();
});

/** Runs a command where neither the bridges nor the published ports of this host can be reached. */
async function away(...command: string[]): Promise<{ stdout: string; stderr: string }> {
  const { Pid } = (await island.inspect()).State;
  const { PULUMI_BACKEND_URL: _, ...env } = process.env;
  return promisify(execFile)(
    "nsenter",
    [`--net=/proc/${Pid}/ns/net`, process.execPath, file("away.ts"), process.execPath, ...command],
    { cwd: stack.dir, env: { ...env, PULUMI_CONFIG_PASSPHRASE: "e2e" } },
  );
}

it.skipIf(!able)("runs with a DOCKER_HOST by TCP, away from the bridges and the published port", async () => {
  const up = [
    file("../../cli/switchback.mjs"),
    ...["up", "--yes", "--skip-preview", "--engine", engine, "--stack", stack.stack],
  ];
  await away(...up);
  expect(await served(stack)).toBe("200 green 1.1.0");
  const reached = `fetch("${stack.url}/version").then(() => "reached", () => "not reached").then(console.log)`;
  expect((await away("-e", reached)).stdout).toBe("not reached\n");
  stack.set({ activeColor: "blue" });
  expect((await away(...up)).stdout).toContain("confirmed: blue 1.0.0");
  expect(await served(stack)).toBe("200 blue 1.0.0");
  const { stdout } = await away(up[0]!, "validate", "--quick", "--json", "--engine", engine, "--stack", stack.stack);
  const { verdict, checks } = JSON.parse(stdout) as { verdict: string; checks: { name: string; verdict: string }[] };
  expect(
    checks.filter((check) => check.verdict !== "ok"),
    verdict,
  ).toEqual([]);
  expect(checks.map(({ name }) => name)).toContain(`health ${stack.container("blue-orders-1")}`);
});

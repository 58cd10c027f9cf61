import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { connect } from "../../operations/live/docker.ts";
import { repository } from "../../scripts/project.ts";

const docker = connect();
const label = { label: ["switchback.stack=staging"] };
const foreign = await docker.listContainers({ all: true, filters: label });

function demo(...args: string[]) {
  const child = spawn(process.execPath, [path.join(repository, "scripts", "demo.ts"), ...args]);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, ended, output: () => output };
}

const left = async () => {
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters: label }),
    docker.listNetworks({ filters: label }),
    docker.listVolumes({ filters: label }),
  ]);
  return [...containers, ...networks, ...(Volumes ?? [])];
};

// The demo uses the stack `staging` itself; where the user's own is up, it refuses, and so there is nothing to test.
test.skipIf(foreign.length > 0)(
  "the demo interrupted by Ctrl-C leaves nothing; run again it switches twice without losing a request, rolls back from a dead color, then over a schema without losing an order, then to the data of a moment",
  async () => {
    const first = demo();
    while (!first.output().includes("stack init")) await new Promise((resolve) => setTimeout(resolve, 100));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    first.child.kill("SIGINT");
    expect(await first.ended).toBe(130);
    expect(await left()).toEqual([]);

    const folder = mkdtempSync(path.join(tmpdir(), "switchback-demo-"));
    const file = path.join(folder, "demo.json");
    const second = demo("--json", file);
    const code = await second.ended;
    expect(second.output()).toMatch(/green killed, green -> blue/);
    expect(code, second.output()).toBe(0);
    const { level1, level2, level3 } = JSON.parse(readFileSync(file, "utf8"));
    expect(level1).toMatchObject({ switches: 2, failed: 0 });
    expect(level1.requests).toBeGreaterThan(1000);
    expect(Object.keys(level1)).toEqual([
      "switches",
      "requests",
      "failed",
      "moveSeconds",
      "upSeconds",
      "noopUpSeconds",
    ]);
    expect(level2).toMatchObject({ failed: 0, ledger: { missing: 0 } });
    expect(level2.ledger.acknowledged).toBeGreaterThan(100);
    expect(Object.keys(level2)).toEqual(["failed", "requests", "upSeconds", "heldSeconds", "noopUpSeconds", "ledger"]);
    expect(level3).toMatchObject({ missing: 0, extra: 0 });
    expect(level3.bytes).toBeGreaterThan(1e6);
    expect(await left()).toEqual([]);
    rmSync(folder, { recursive: true });
  },
  600_000,
);

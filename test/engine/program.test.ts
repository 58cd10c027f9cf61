import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type ResourceSpec } from "./harness.ts";

const launcher = fileURLToPath(new URL("../../cli/switchback.mjs", import.meta.url));
let run: Harness;
let started: ChildProcess[];

beforeEach(() => {
  run = new Harness();
  started = [];
});

afterEach(() => {
  for (const { pid } of started) kill(-pid!, "SIGKILL");
  run.cleanup();
});

/** `switchback` as a process of its own, with the real command provider. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [launcher, ...args, "--engine", "embedded", "--stack", "dev"], {
    cwd: run.dir,
    env: run.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      text += part;
    });
  }
  const exit = new Promise<number | string>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal ?? "")),
  );
  return { child, exit, text: () => text };
}

const command = (name: string, create: string, options?: ResourceSpec["options"]): ResourceSpec => ({
  kind: "command",
  name,
  args: { create },
  ...(options && { options }),
});

describe("the process", () => {
  it("ends what is under way on Ctrl-C, saves it and lets the lock go", async () => {
    run.program(
      command("slow", "touch begun; trap '' TERM INT; sleep 1; echo done"),
      command("next", "touch next", { dependsOn: ["slow"] }),
    );
    const { child, exit, text } = start("up", "--yes", "--skip-preview");
    await appears("begun");
    child.kill("SIGINT");
    expect(await exit).toBe(1);
    expect(text()).toContain("^C received");
    expect(existsSync(join(run.dir, "next"))).toBe(false);
    expect(run.state().pending).toEqual([]);
    const again = start("up", "--yes", "--skip-preview");
    expect(await again.exit).toBe(0);
    expect(again.text()).not.toContain("stale lock");
    expect(existsSync(join(run.dir, "next"))).toBe(true);
  });

  it("leaves at once on the second Ctrl-C", async () => {
    run.program(command("slow", "touch begun; trap '' TERM INT; sleep 30"));
    const { child, exit } = start("up", "--yes", "--skip-preview");
    await appears("begun");
    child.kill("SIGINT");
    await pause(20);
    child.kill("SIGINT");
    expect(await exit).toBe(130);
  });

  it("takes the program with it when it is killed, leaves a sound state, and the next up converges", async () => {
    run.program(command("first", "echo 1"), command("slow", "touch begun; sleep 30", { dependsOn: ["first"] }));
    appendFileSync(
      join(run.dir, "index.ts"),
      'import { writeFileSync } from "node:fs";\nwriteFileSync("pid", String(process.pid));\nsetInterval(() => {}, 1000);\n',
    );
    const { child, exit } = start("up", "--yes", "--skip-preview");
    await appears("begun");
    await appears("pid");
    kill(-child.pid!, "SIGKILL");
    await exit;
    const pid = Number(readFileSync(join(run.dir, "pid"), "utf8"));
    for (let i = 0; i < 50 && kill(pid, 0); i++) await pause(100);
    expect(kill(pid, 0)).toBe(false);
    expect(run.names()).toEqual(["first"]);
    expect(run.state().pending).toMatchObject([{ type: "creating" }]);

    writeFileSync(
      join(run.dir, "index.ts"),
      readFileSync(fileURLToPath(new URL("programs/spec/index.ts", import.meta.url))),
    );
    run.program(command("first", "echo 1"), command("slow", "echo quick", { dependsOn: ["first"] }));
    const again = start("up", "--yes", "--skip-preview");
    expect(await again.exit).toBe(0);
    expect(again.text()).toContain("creating urn:pulumi:dev::spec::command:local:Command::slow");
    expect(run.names()).toEqual(["first", "slow"]);
  });

  it("tells the program and its commands which engine runs and why", async () => {
    run.program(command("c", "echo $SWITCHBACK_ENGINE: $SWITCHBACK_REASON"));
    expect(await start("up", "--yes", "--skip-preview", "--message", "orders fail").exit).toBe(0);
    expect(run.resource("c").outputs?.stdout).toBe("embedded: orders fail");
  });

  it("refuses unknown flags and questions that nobody can answer", async () => {
    run.program();
    const target = start("up", "--target", "x");
    expect(await target.exit).toBe(1);
    expect(target.text()).toContain("does not support --target for up");
    const ask = start("up", "--skip-preview");
    expect(await ask.exit).toBe(1);
    expect(ask.text()).toContain("pass --yes");
  });
});

async function appears(file: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (existsSync(join(run.dir, file))) return;
    await pause(100);
  }
  throw new Error(`${file} did not appear`);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether the process was there to get the signal. */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

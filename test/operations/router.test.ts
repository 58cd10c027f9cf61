import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readJournal } from "../../operations/live/journal.ts";
import { recordsName } from "../../operations/live/records.ts";
import { ask } from "./router/load.ts";
import { createRig, docker, type GoalChange, type Rig } from "./router/rig.ts";

const program = fileURLToPath(new URL("../../operations/router.ts", import.meta.url));
let rig: Rig;
let folder: string;
beforeAll(async () => {
  rig = await createRig();
  folder = await mkdtemp(path.join(tmpdir(), "switchback-router-"));
});
afterAll(async () => {
  await rig.remove();
  await docker.getVolume(recordsName(rig.stack)).remove();
});

/** Starts the program as the command resource does. */
function start(change: GoalChange, env: Record<string, string> = {}) {
  const { goal, nginxConf } = rig.goal(change);
  const child = spawn("node", [program], {
    cwd: folder,
    env: { ...process.env, SWITCHBACK_ROUTER_GOAL: JSON.stringify(goal), SWITCHBACK_EPOCH: change.epoch, ...env },
  });
  child.stdin.on("error", () => {});
  child.stdin.end(nginxConf);
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, exited, stdout: text(child.stdout), stderr: text(child.stderr) };
}

it("prints progress on stderr and one line of JSON on stdout, and writes who and why into the journal", async () => {
  const env = { SWITCHBACK_REASON: "first deploy", SWITCHBACK_ACTOR: "ada" };
  const { exited, stdout, stderr } = start({ epoch: "one" }, env);
  expect([await exited, await stderr]).toEqual([0, expect.stringContaining("switching maintenance -> green 1.1.0\n")]);
  expect(JSON.parse(await stdout)).toMatchObject({ color: "green", release: "1.1.0", mode: "serve", failed: 0 });
  const journal = await readJournal(docker, rig.stack);
  expect(journal.map(({ event, reason, actor, level }) => ({ event, reason, actor, level }))).toEqual([
    { event: "switching", reason: "first deploy", actor: "ada", level: 1 },
    { event: "switched", reason: "first deploy", actor: "ada", level: 1 },
  ]);
});

it("ends with exit 1 and a sentence when it cannot", async () => {
  const { exited, stdout, stderr } = start({ epoch: "two", pointer: { color: "blue" }, colors: { blue: [] } });
  expect([await exited, await stdout]).toEqual([1, ""]);
  expect(await stderr).toBe("error: expected services on blue to send traffic to, got none\n");
});

it.each(["gate:", "switching", "moved", "confirmed:"])(
  "converges by the old goal and by the new one after a kill -9 at the line `%s`",
  async (line) => {
    const killed = start({ epoch: `killed-${line}`, pointer: { color: "blue" } });
    killed.child.stderr.on("data", (data) => {
      if (`${data}`.includes(line)) killed.child.kill("SIGKILL");
    });
    expect(await killed.exited).toBeNull();
    // Between the confirmation and the marker there is little time: the kill may come after it.
    const { epoch, pending } = (await rig.state()).file!.marker!;
    expect(pending?.epoch ?? epoch).toBe(`killed-${line}`);
    for (const color of ["green", "blue", "green"] as const) {
      const { exited, stderr } = start({ epoch: `after-${color}`, pointer: { color } });
      expect([await exited, await stderr]).toEqual([0, expect.stringContaining(`confirmed: ${color}`)]);
      expect((await ask(rig.url)).color).toBe(color);
      expect((await rig.state()).file!.marker).toMatchObject({ epoch: `after-${color}`, pending: null });
    }
  },
);

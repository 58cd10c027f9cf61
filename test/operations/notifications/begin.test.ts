import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { changesOf } from "../../../operations/journal/changes.ts";
import { tellBegin } from "../../../operations/notifications/begin.ts";
import { alone, enqueue, list, outboxOf } from "../../../operations/notifications/outbox.ts";
import { watch } from "../../../operations/notifications/watch.ts";
import { linesOf } from "../journal/chain.ts";
import { begun } from "../journal/runs.ts";
import { blackHole, fakeHttp } from "./fakes.ts";
import { canary, failed, outbox, sinkTo } from "./rig.ts";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** The processes that deliver from a folder, ended by their ids. */
const ours = (cwd: string): string[] =>
  readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("notify-change.ts") && realCwd(pid) === cwd;
    } catch {
      return false;
    }
  });
const realCwd = (pid: string) =>
  readFileSync(`/proc/${pid}/environ`, "utf8").match(/(?:^|\0)SWITCHBACK_TEST_CWD=([^\0]*)/)?.[1];

function project(): string {
  const cwd = mkdtempSync(join(tmpdir(), "switchback-begin-"));
  process.env.SWITCHBACK_TEST_CWD = cwd;
  opened.push(
    () => rmSync(cwd, { recursive: true, force: true }),
    () => {
      for (const pid of ours(cwd)) process.kill(Number(pid), "SIGKILL");
      delete process.env.SWITCHBACK_TEST_CWD;
    },
  );
  return cwd;
}

const stack = "begin-spec";
const [change] = changesOf(linesOf([begun(0)]));
const watchOf = (port: number) => ({
  ...sinkTo("webhook", { port, tls: false }),
  stack,
  run: "run-0",
  change: change!,
  pid: process.pid,
});

it("the beginning of a change is told by another process, with no secret in its arguments or environment", async () => {
  const fake = await fakeHttp();
  opened.push(fake.close);
  const cwd = project();
  process.env.PULUMI_CONFIG = `{"switchback:secrets":"${canary}"}`;
  await tellBegin(watchOf(fake.port), cwd);
  delete process.env.PULUMI_CONFIG;
  const pid = await vi.waitUntil(() => ours(cwd)[0], { timeout: 10_000, interval: 10 });
  for (const part of ["cmdline", "environ"]) expect(readFileSync(`/proc/${pid}/${part}`, "utf8")).not.toContain(canary);
  await vi.waitUntil(() => fake.received.length > 0, { timeout: 10_000 });
  expect(fake.received[0]).toContain("level 1 change has begun");
});

it("while a change's program runs, what is known is delivered, and nobody asks how it stands", async () => {
  const fake = await fakeHttp();
  const { folder, remove } = outbox();
  const program = spawn("sleep", ["300"]);
  opened.push(fake.close, remove, () => program.kill());
  await enqueue(folder, failed());
  let looks = 0;
  const watched = watch(folder, { ...watchOf(fake.port), pid: program.pid! }, async () => {
    looks += 1;
    return { runs: false, own: undefined };
  });
  await vi.waitUntil(() => fake.received.length > 0, { timeout: 10_000 });
  expect(looks).toBe(0);
  program.kill();
  await watched;
  expect(looks).toBe(1);
});

it("a sink that never answers makes no change wait: what it is to be told stays in the outbox", async () => {
  const hole = await blackHole();
  opened.push(hole.close);
  const cwd = project();
  const runs = ["a", "b", "c", "d", "e"];
  // Nobody else ends the wait for an answer: whoever asked the sink would not come back.
  for (const run of runs) await tellBegin({ ...watchOf(hole.port), change: { ...change!, id: run } }, cwd);
  expect(await list(join(cwd, outboxOf(stack)), "pending")).toHaveLength(runs.length);
});

it("an outbox takes the same notification once, also from many at a time, and lets one deliver", async () => {
  const { folder, remove } = outbox();
  opened.push(remove);
  await Promise.all(Array.from({ length: 20 }, () => enqueue(folder, failed())));
  expect(await list(folder, "pending")).toHaveLength(1);
  const results = await Promise.all([1, 2, 3].map((n) => alone(folder, async () => n)));
  expect(results.filter((result) => result !== undefined)).toHaveLength(1);
});

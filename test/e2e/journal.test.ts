import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Change } from "../../operations/journal/changes.ts";
import { execOk } from "../../operations/live/docker.ts";
import { readRecord } from "../../operations/live/records.ts";
import { type Fake, fakeHttp } from "../operations/notifications/fakes.ts";
import { docker, engine, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
let hook: Fake;
const canary = "canary-8b1d-journal";
const router = (port: number) => ({ port, gate: { timeoutSeconds: 5 } });
const colors = { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } };

beforeAll(async () => {
  hook = await fakeHttp();
  stack = await testStack({
    secrets: { hook: canary },
    notifications: {
      sinks: { hook: { type: "webhook", url: `http://127.0.0.1:${hook.port}/`, signingSecret: "hook" } },
      contacts: [{ name: "Kim", reach: "+49 1" }],
    },
    objectives: { levels: { "1": 60 }, components: { router: 5 } },
  });
  stack.set({ router: router(stack.port) });
  await stack.upOk();
});
afterAll(async () => {
  await stack.cleanup();
  await hook.close();
});

const changes = async (): Promise<Change[]> =>
  JSON.parse((await stack.ok("history", "--json", "--engine", engine)).stdout).changes;
const verify = () => stack.switchback("journal", "verify", "--engine", engine);
const records = async () => (await readRecord(docker, stack.stack, "journal.jsonl")) ?? "";
const mirror = () => join(stack.dir, ".switchback", `${stack.stack}.journal.jsonl`);
const told = () => hook.received.map((body) => JSON.parse(body)).map(({ type, data }) => `${type} ${data.change}`);

describe("the journal of a stack", () => {
  it("has each change with who, why, from, to, how long, verdict and checks", async () => {
    await stack.upOk({ activeColor: "blue" });
    stack.set({ activeColor: "green" });
    await stack.ok("up", "--yes", "--skip-preview", "--message", "blue is slow", "--engine", engine);
    const [first, forward, back, ...others] = await changes();
    expect(others).toEqual([]);
    expect([first?.status, forward?.kind, forward?.status]).toEqual(["done", "deploy", "done"]);
    expect(back).toMatchObject({
      kind: "rollback",
      level: 1,
      from: "blue 1.0.0",
      to: "green 1.1.0",
      reason: "blue is slow",
      actor: "tester",
      status: "done",
      downtimeMs: 0,
      failedRequests: 0,
    });
    expect(back!.verdict).toContain("level 1, blue 1.0.0 -> green 1.1.0");
    expect(back!.checks!.map(({ name }) => name)).toContain("health");
    expect(back!.durationMs).toBeGreaterThan(100);
    const { stdout } = await stack.ok("history", "--kind", "rollback", "--engine", engine);
    expect(stdout).toMatch(/1 +rollback +done .*\n {2}blue 1\.0\.0 -> green 1\.1\.0 by tester: blue is slow$/m);
    expect(stdout).toMatch(/^level 1 +1 +60\.0 s +100\.0 %/m);
  });

  it("is whole, mirrored, and agrees with the engine's own history", async () => {
    expect(readFileSync(mirror(), "utf8")).toBe(await records());
    const { code, stdout } = await verify();
    expect(stdout).toContain(`${stack.stack}-records: whole`);
    expect(stdout).toContain("the engine's history agrees");
    expect(code).toBe(0);
  });

  it("has refused and failed changes too, and preview writes nothing", async () => {
    const command = { orders: { command: ["false"] } };
    const before = await records();
    stack.set({ activeColor: "blue", accept: [], colors: { ...colors, green: { imageTag: "1.0.0" } } });
    expect((await stack.switchback("preview", "--engine", engine)).code).not.toBe(0);
    expect(await records()).toBe(before);
    expect((await stack.up()).code).not.toBe(0);
    expect((await changes()).at(-1)).toMatchObject({ status: "refused", level: expect.any(Number) });
    const up = await stack.up({ colors: { ...colors, blue: { imageTag: "1.0.0", services: command } } });
    expect(up.code).not.toBe(0);
    expect((await changes()).at(-1)).toMatchObject({ status: "failed", from: "green 1.1.0", to: "blue 1.0.0" });
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([0, expect.stringContaining("the engine's history agrees")]);
    expect(readFileSync(mirror(), "utf8")).toBe(await records());
  });

  it("is told: each beginning and each end once, and no secret in any of it", async () => {
    const [first, forward, back, , failed] = await changes();
    const ends = [first, forward, back].map((change) => `switchback.completed ${change!.id}`);
    const wanted = [...ends, `switchback.failed ${failed!.id}`, `switchback.initiated ${back!.id}`];
    await vi.waitUntil(() => wanted.every((one) => told().includes(one)), { timeout: 30_000 });
    expect(told().toSorted()).toEqual([...new Set(told())].toSorted());
    expect(hook.received.join()).not.toContain(canary);
    expect(await records()).not.toContain(canary);
    const { stdout } = await stack.ok("notifications", "test", "--engine", engine);
    expect(stdout).toContain("hook: delivered after 1 attempt(s)");
  });

  it("gives an incident's report, one line per change, and CloudEvents", async () => {
    const { stdout: report } = await stack.ok("incident", "--engine", engine);
    expect(report).toContain(`# Incident: ${stack.stack}`);
    expect(report).toContain("Contacts: Kim +49 1");
    const { stdout: lines } = await stack.ok("journal", "export", "--kind", "rollback", "--engine", engine);
    expect(lines).toMatch(
      /^\[\S+Z\] LEVEL=1 FROM="blue 1.0.0" TO="green 1.1.0" DURATION=[\d.]+s STATUS=done REASON="blue is slow"$/m,
    );
    const { stdout: events } = await stack.ok("journal", "export", "--format", "cloudevents", "--engine", engine);
    const types = events
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).type);
    expect(types).toContain("dev.cdevents.service.rolledback.0.2.0");
  });

  it("is found changed, and the copy that was changed is named", async () => {
    const keeper = stack.container("records");
    await execOk(docker, keeper, ["sed", "-i", "2s/tester/nobody/", "/records/journal.jsonl"]);
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${stack.stack}-records: line 2: changed`, "m"));
    expect(stdout).toContain(`.journal.jsonl: whole`);
    expect(stdout).toContain(`they differ from line 2 on: ${stack.stack}-records was changed`);
    await execOk(docker, keeper, ["sed", "-i", "2s/nobody/tester/", "/records/journal.jsonl"]);
    expect((await verify()).code).toBe(0);
    expect(existsSync(mirror())).toBe(true);
  });
});

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type ResourceSpec } from "./harness.ts";
import { command } from "./specs.ts";

let run: Harness;
beforeEach(() => {
  run = new Harness();
});
afterEach(() => run.cleanup());

describe("a failure halfway", () => {
  it("lets what is under way end, begins nothing new, deletes nothing, and the next up converges", async () => {
    run.program(command("old"), command("a"));
    await run.up();
    let fail = () => {};
    const slow = new Promise<void>((resolve) => (fail = resolve));
    run.world.gates.set("create slow", () => slow);
    run.world.gates.set("create b", async () => setTimeout(fail, 300));
    run.world.failures.set("create b", new Error("disk full"));
    run.program(command("a"), command("slow"), command("b"), command("after", {}, { dependsOn: ["b"] }));
    expect(await run.up()).toBe(false);
    expect(run.world.calls.sort()).toEqual(["create b", "create slow"]);
    expect(run.text).toContain("error: disk full");
    expect(run.text).toContain("error: update failed");
    expect(run.names().sort()).toEqual(["a", "old", "slow"]);
    expect(run.state().pending).toEqual([]);
    run.world.failures.clear();
    run.world.gates.clear();
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["create b", "create after", "delete old"]);
  });

  it("keeps the old inputs of a failed update, so that the next up tries again", async () => {
    run.program(command("c", { create: "1" }));
    await run.up();
    run.world.failures.set("update c", new Error("no"));
    run.program(command("c", { create: "2" }));
    expect(await run.up()).toBe(false);
    expect(run.resource("c").inputs).toEqual({ create: "1" });
    run.world.failures.clear();
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["update c"]);
  });

  it("keeps a resource that did not become ready, and tries again; with replaceOnChanges #initerror it is replaced", async () => {
    const box = (options: object): ResourceSpec => ({
      kind: "container",
      name: "box",
      args: { image: "i" },
      options: { ...options },
    });
    run.world.failures.set("create box", "init");
    run.program(box({}));
    expect(await run.up()).toBe(false);
    expect(run.resource("box").initErrors).toEqual(["not healthy"]);
    run.world.failures.clear();
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["update box"]);
    expect(run.resource("box").initErrors).toBeUndefined();

    run.world.failures.set("update box", "init");
    run.program({ ...box({ replaceOnChanges: ["#initerror"] }), args: { image: "i", memory: 5 } });
    expect(await run.up()).toBe(false);
    run.world.failures.clear();
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["delete box", "create box"]);
  });

  it("is a program that throws: nothing is deleted, its message is shown without a stack", async () => {
    run.program(command("a"));
    await run.up();
    run.spec({ resources: [], throws: "the target is not healthy" });
    expect(await run.up()).toBe(false);
    expect(run.text).toContain("error: the target is not healthy");
    expect(run.text).not.toContain("    at ");
    expect(run.names()).toEqual(["a"]);
  });

  it("is Ctrl-C: what is under way is told, and nothing new begins", async () => {
    const controller = new AbortController();
    run.world.gates.set("create a", async () => controller.abort());
    run.program(command("a"), command("b", {}, { dependsOn: ["a"] }));
    expect(await run.up({}, controller.signal)).toBe(false);
    expect(run.world.calls).toEqual(["create a"]);
    expect(run.names()).toEqual(["a"]);
    expect(run.text).toContain("cancelled");
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["create b"]);
  });
});

describe("what a killed run leaves", () => {
  it("is named and dropped by the next run, which converges and closes the history entry", async () => {
    run.program(command("a"));
    await run.up();
    const state = JSON.parse(readFileSync(run.stateFile, "utf8"));
    const resource = { ...run.resource("a"), urn: "urn:pulumi:dev::spec::command:local:Command::b" };
    state.checkpoint.latest.pending_operations = [{ resource, type: "creating" }];
    writeFileSync(run.stateFile, JSON.stringify(state));
    const locks = join(run.dir, ".switchback/state/.pulumi/locks/organization/spec/dev");
    mkdirSync(locks, { recursive: true });
    writeFileSync(
      join(locks, "x.json"),
      JSON.stringify({ pid: 2 ** 22 + 1, username: "me", hostname: hostname(), timestamp: "2026-01-01T00:00:00Z" }),
    );
    const history = join(run.dir, ".switchback/state/.pulumi/history/spec/dev/dev-1.history.json");
    writeFileSync(
      history,
      JSON.stringify({
        kind: "update",
        startTime: 1,
        message: "",
        environment: {},
        config: {},
        version: 0,
        result: "in-progress",
      }),
    );
    expect(await run.up()).toBe(true);
    expect(run.text).toContain("creating urn:pulumi:dev::spec::command:local:Command::b");
    expect(run.text).toContain("cleared a stale lock: process 4194305 of me");
    expect(run.text).toContain("never ended: it is marked as failed");
    expect(JSON.parse(readFileSync(history, "utf8")).result).toBe("failed");
    expect(run.state().pending).toEqual([]);
  });
});

describe("the lock", () => {
  it("refuses a second run with owner and age, and is gone after the first", async () => {
    let open = () => {};
    const held = new Promise<void>((resolve) => (open = resolve));
    run.world.gates.set("create a", () => held);
    run.program(command("a"));
    const first = run.up();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const other = new Harness();
    const second = await other.run((io) =>
      import("../../engine/operations/update.ts").then(({ up }) =>
        up({ cwd: run.dir, stack: "dev", providers: [], yes: true }, io),
      ),
    );
    expect(second).toBe(false);
    expect(other.text).toMatch(/the stack is locked by process \d+ of \S+@\S+, for \d+ s now/);
    other.cleanup();
    setTimeout(open, 3000);
    expect(await first).toBe(true);
    expect(await run.up()).toBe(true);
  });
});

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setConfig } from "../../engine/operations/config.ts";
import { showHistory } from "../../engine/operations/history.ts";
import { exportStack, importStack, initStack } from "../../engine/operations/stack.ts";
import { Harness, type ResourceSpec } from "./harness.ts";

let run: Harness;
beforeEach(() => {
  run = new Harness();
});
afterEach(() => run.cleanup());

const command = (name: string, args: object = {}, options?: ResourceSpec["options"]): ResourceSpec => ({
  kind: "command",
  name,
  args: { create: `echo ${name}`, ...args },
  ...(options && { options }),
});

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

describe("secrets", () => {
  it("are encrypted in the state, hidden in the output, and reach the provider", async () => {
    setConfig({ cwd: run.dir, stack: "dev" }, "password", "hunter2", { path: false, secret: true }, run.io());
    run.spec({
      resources: [
        command(
          "c",
          { environment: { P: { $config: "password" } }, create: "print" },
          { additionalSecretOutputs: ["stdout"] },
        ),
      ],
      outputs: { password: { $config: "password" } },
      print: ["the password is hunter2"],
    });
    expect(await run.preview({ diff: true })).toBe(true);
    expect(run.text).not.toContain("hunter2");
    expect(await run.up()).toBe(true);
    expect(run.text).not.toContain("hunter2");
    expect(run.text).toContain("the password is [secret]");
    expect([...run.world.things.values()][0]!.inputs.environment).toEqual({ P: "hunter2" });
    const text = readFileSync(run.stateFile, "utf8");
    expect(text).not.toContain("hunter2");
    expect(text).toContain('"type":"passphrase"');
    expect(run.resource("c").outputs).toMatchObject({
      stdout: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" },
    });
    expect(await run.up({ expectNoChanges: true })).toBe(true);
    expect(readFileSync(run.stateFile, "utf8").match(/ciphertext":"[^"]+/g)).toEqual(text.match(/ciphertext":"[^"]+/g));
  });
});

describe("hooks", () => {
  it("run in the program before the step, and their failure stops it", async () => {
    run.program({ ...command("c"), hook: { kind: "beforeCreate", fails: "not now" } });
    expect(await run.up()).toBe(false);
    expect(run.world.calls).toEqual([]);
    expect(run.text).toContain("not now");
    run.program({ ...command("c"), hook: { kind: "beforeCreate" } });
    expect(await run.up()).toBe(true);
    expect(run.text).toContain("hook of c");
    expect(run.state().version).toBe(4);
    expect(run.resource("c").resourceHooks).toEqual({ BeforeCreate: ["c-beforeCreate"] });
    run.program({ ...command("c", { create: "x" }), hook: { kind: "beforeUpdate", fails: "no update" } });
    expect(await run.up()).toBe(false);
    expect(run.resource("c").inputs).toEqual({ create: "echo c" });
  });

  it("of a deletion run at the end, while the program waits", async () => {
    run.program({ ...command("c"), hook: { kind: "beforeDelete" } });
    await run.up();
    expect(await run.destroy()).toBe(false);
    expect(run.text).toContain("has delete hooks");
    run.program({ ...command("d"), hook: { kind: "beforeDelete" } });
    expect(await run.up()).toBe(false);
    expect(run.text).toContain('hook "c-beforeDelete" was not registered');
  });
});

describe("preview", () => {
  it("plans with what is unknown, changes nothing and says the same in JSON", async () => {
    const program = (name: string): ResourceSpec[] => [
      { kind: "network", name: "net", args: { name } },
      command("c", { environment: { N: { $ref: "net.id" } }, triggers: [{ $ref: "net.name" }] }),
    ];
    run.program(...program("one"));
    await run.up();
    const before = readFileSync(run.stateFile, "utf8");
    run.program(...program("two"), command("new", { create: "x" }));
    expect(await run.preview()).toBe(true);
    expect(run.world.calls).toEqual([]);
    expect(readFileSync(run.stateFile, "utf8")).toBe(before);
    expect(run.text).toContain("+-2 to replace");
    expect(run.text).toContain(" +- docker:index:Network net replace [diff: ~name]");
    await run.preview({ json: true });
    const digest = JSON.parse(run.out.join("\n"));
    expect(digest.changeSummary).toEqual({ create: 1, replace: 2, same: 1 });
    const step = digest.steps.find(({ urn }: { urn: string }) => urn.endsWith("Network::net"));
    expect(step).toMatchObject({
      op: "replace",
      diffReasons: ["name"],
      replaceReasons: ["name"],
      detailedDiff: { name: { kind: "update-replace", inputDiff: false } },
    });
    expect(await run.preview({ expectNoChanges: true })).toBe(false);
    expect(run.text).toContain("no changes were expected");
  });
});

describe("refresh", () => {
  it("drops what is gone and takes over what changed", async () => {
    run.program(
      { kind: "network", name: "net", args: { name: "net" } },
      { kind: "network", name: "gone", args: { name: "gone" } },
      command("c", {}, { dependsOn: ["gone"] }),
    );
    await run.up();
    const [net, gone] = ["net", "gone"].map((name) => String(run.resource(name).id)) as [string, string];
    run.world.things.set(net, { name: "net", inputs: { name: "net", internal: true } });
    run.world.things.delete(gone);
    expect(await run.refresh()).toBe(true);
    expect(run.names()).toEqual(["net", "c"]);
    expect(run.resource("c").dependencies).toBeUndefined();
    expect(run.resource("net").outputs).toMatchObject({ internal: true });
    expect(await run.up()).toBe(true);
    expect(run.world.calls.sort()).toEqual(["create gone", "update net"]);
  });

  it("changes nothing when one thing cannot be read", async () => {
    run.program({ kind: "network", name: "a", args: {} }, { kind: "network", name: "b", args: {} });
    await run.up();
    run.world.things.clear();
    run.world.failures.set("read b", new Error("no daemon"));
    expect(await run.refresh()).toBe(false);
    expect(run.names()).toEqual(["a", "b"]);
  });
});

describe("history, export and import", () => {
  it("records message, config and result of each operation", async () => {
    run.program(command("a"));
    setConfig({ cwd: run.dir, stack: "dev" }, "title", "green", { path: false, secret: false }, run.io());
    await run.up({ message: "to green" });
    run.world.failures.set("delete a", new Error("busy"));
    run.program();
    await run.up();
    await run.run((io) => showHistory({ cwd: run.dir, stack: "dev" }, { json: true }, io));
    const [second, first] = JSON.parse(run.out.join("\n"));
    expect(first).toMatchObject({
      kind: "update",
      message: "to green",
      result: "succeeded",
      resourceChanges: { create: 2 },
      config: { "spec:title": { value: "green", secret: false } },
    });
    expect(second).toMatchObject({ result: "failed", environment: { "switchback.engine": "embedded" } });
  });

  it("moves a state from stack to stack, and refuses one that is not sound or not this stack's", async () => {
    run.program(command("a"));
    await run.up();
    const ref = { cwd: run.dir, stack: "dev" };
    const text = exportStack(ref, run.io());
    const broken = JSON.parse(text);
    broken.deployment.resources.reverse();
    expect(() => importStack(ref, JSON.stringify(broken), run.io())).toThrow("not sound");
    initStack({ cwd: run.dir, stack: "other" }, run.io());
    expect(() => importStack({ cwd: run.dir, stack: "other" }, text, run.io())).toThrow("of another stack");
    importStack(ref, text, run.io());
    expect(await run.up({ expectNoChanges: true })).toBe(true);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setConfig } from "../../engine/operations/config.ts";
import { showHistory } from "../../engine/operations/history.ts";
import { exportStack, importStack, initStack } from "../../engine/operations/stack.ts";
import { Harness } from "./harness.ts";
import { command } from "./specs.ts";

let run: Harness;
beforeEach(() => {
  run = new Harness();
});
afterEach(() => run.cleanup());

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

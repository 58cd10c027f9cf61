import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type ResourceSpec } from "./harness.ts";
import { command, network } from "./specs.ts";

let run: Harness;
beforeEach(() => {
  run = new Harness();
});
afterEach(() => {
  const problems = run.problems();
  run.cleanup();
  expect(problems).toEqual([]);
});

describe("replace", () => {
  it("deletes first, with the dependents whose inputs come from the replaced one, and makes them again", async () => {
    const chain = (name: string) => [
      network("net", { name }),
      { kind: "container", name: "box", args: { image: "i", networkMode: { $ref: "net.name" } } } as ResourceSpec,
      command("reads", { triggers: [{ $ref: "box.id" }] }),
      command("waits", {}, { dependsOn: ["net"] }),
    ];
    run.program(...chain("one"));
    await run.up();
    run.program(...chain("two"));
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual([
      "delete reads",
      "delete box",
      "delete net",
      "create net",
      "create box",
      "create reads",
    ]);
    expect(run.text).toContain("+-3 replaced");
    expect(run.world.things.size).toBe(4);
  });

  it("creates before it deletes when nobody asks otherwise, and deletes the old one at the end", async () => {
    run.program(command("c", { triggers: ["1"] }), command("d", { environment: { C: { $ref: "c.id" } } }));
    await run.up();
    run.program(command("c", { triggers: ["2"] }), command("d", { environment: { C: { $ref: "c.id" } } }));
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["create c", "update d", "delete c"]);
    expect(run.names()).toEqual(["c", "d"]);
  });

  it("obeys deleteBeforeReplace either way", async () => {
    run.program(command("c", { triggers: ["1"] }, { deleteBeforeReplace: true }));
    await run.up();
    run.program(command("c", { triggers: ["2"] }, { deleteBeforeReplace: true }));
    await run.up();
    expect(run.world.calls).toEqual(["delete c", "create c"]);
    run.program(network("n", { name: "a" }, { deleteBeforeReplace: false }));
    await run.up();
    run.program(network("n", { name: "b" }, { deleteBeforeReplace: false }));
    await run.up();
    expect(run.world.calls).toEqual(["create n", "delete n"]);
  });

  it("replaces on any property named in replaceOnChanges and on a changed replacementTrigger", async () => {
    run.program(command("c", { create: "1" }, { replaceOnChanges: ["create"] }));
    await run.up();
    run.program(command("c", { create: "2" }, { replaceOnChanges: ["create"], replacementTrigger: "x" }));
    await run.up();
    expect(run.world.calls).toEqual(["create c", "delete c"]);
    run.program(command("c", { create: "2" }, { replacementTrigger: "y" }));
    await run.up();
    expect(run.world.calls).toEqual(["create c", "delete c"]);
  });

  it("creates what was deleted and not made again when the run broke in between, also after the change is taken back", async () => {
    run.program(network("net", { name: "one" }));
    await run.up();
    run.world.failures.set("create net", new Error("no space"));
    run.program(network("net", { name: "two" }));
    expect(await run.up()).toBe(false);
    expect(run.resource("net").pendingReplacement).toBe(true);
    run.world.failures.clear();
    run.program(network("net", { name: "one" }));
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["create net"]);
    expect(run.resource("net").pendingReplacement).toBeUndefined();
    expect(run.names()).toEqual(["net"]);
  });

  it("forgets what was deleted for a replacement and is no longer wanted", async () => {
    run.program(network("net", { name: "one" }));
    await run.up();
    run.world.failures.set("create net", new Error("no space"));
    run.program(network("net", { name: "two" }));
    await run.up();
    run.program();
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual([]);
    expect(run.names()).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, type ResourceSpec } from "./harness.ts";
import { command } from "./specs.ts";

let run: Harness;
beforeEach(() => {
  run = new Harness();
});
afterEach(() => run.cleanup());

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

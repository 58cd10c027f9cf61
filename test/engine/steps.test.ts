import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "./harness.ts";
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

describe("create, same, update", () => {
  it("creates in the order of dependency and finds nothing to do the second time", async () => {
    run.program(network("net"), command("cmd", { environment: { NET: { $ref: "net.id" } } }));
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["create net", "create cmd"]);
    expect(run.text).toContain("+ 3 created");
    const [net, cmd] = [run.resource("net"), run.resource("cmd")];
    expect(cmd.inputs?.environment).toEqual({ NET: net.id });
    expect(cmd.dependencies).toEqual([net.urn]);
    expect(cmd.propertyDependencies).toEqual({ create: [], environment: [net.urn] });
    expect(cmd.replaceOnChanges).toEqual(["triggers[*]"]);
    expect(net.provider).toMatch(/^urn:pulumi:dev::spec::pulumi:providers:docker::default_5_2_0::[0-9a-f-]{36}$/);

    expect(await run.up({ expectNoChanges: true })).toBe(true);
    expect(run.world.calls).toEqual([]);
    expect(run.text).toContain("3 unchanged");
  });

  it("updates in place and gives dependents the new outputs", async () => {
    run.program(command("first"), command("second", { environment: { A: { $ref: "first.stdout" } } }));
    await run.up();
    run.program(
      command("first", { create: "echo changed" }),
      command("second", { environment: { A: { $ref: "first.stdout" } } }),
    );
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["update first", "update second"]);
    expect(run.resource("second").inputs?.environment).toEqual({ A: "ran echo changed" });
  });

  it("runs independent resources side by side", async () => {
    let open = () => {};
    const other = new Promise<void>((resolve) => (open = resolve));
    run.world.gates.set("create a", () => other);
    run.world.gates.set("create b", async () => open());
    run.program(command("a"), command("b"));
    expect(await run.up()).toBe(true);
  });

  it("keeps ignored changes out, in the state too", async () => {
    run.program(command("c", { environment: { A: "1", B: "1" } }));
    await run.up();
    run.program(command("c", { environment: { A: "2", B: "1" } }, { ignoreChanges: ["environment.A"] }));
    expect(await run.up({ expectNoChanges: true })).toBe(true);
    expect(run.resource("c").inputs?.environment).toEqual({ A: "1", B: "1" });
  });

  it("says which resource the check refuses, and why", async () => {
    run.program(network("net", { name: "bad" }));
    expect(await run.up()).toBe(false);
    expect(run.text).toContain("docker:index/network:Network resource 'net' has a problem: name: must not be bad");
  });

  it("refuses two resources of one name", async () => {
    run.program(command("c"), { ...command("c") });
    expect(await run.up()).toBe(false);
    expect(run.text).toContain("Duplicate resource URN");
  });
});

describe("delete", () => {
  it("deletes what is gone from the program, dependents first, after everything else", async () => {
    run.program(network("net"), command("cmd", {}, { dependsOn: ["net"] }), command("stays"));
    await run.up();
    run.program(command("stays", { create: "new" }));
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual(["update stays", "delete cmd", "delete net"]);
    expect(run.state().resources.map(({ type }) => type)).not.toContain("pulumi:providers:docker");
  });

  it("refuses to delete or to replace what is protected, and deletes it once it is not", async () => {
    run.program(network("net", {}, { protect: true }));
    await run.up();
    run.program(network("net", { name: "other" }, { protect: true }));
    expect(await run.up()).toBe(false);
    expect(run.text).toContain("unable to replace resource");
    run.program();
    expect(await run.up()).toBe(false);
    expect(run.text).toMatch(/cannot be deleted\s+because it is protected/);
    expect(await run.preview()).toBe(false);
    expect(run.world.things.size).toBe(1);
    run.program(network("net", {}, { protect: false }));
    await run.up();
    run.program();
    expect(await run.up()).toBe(true);
    expect(run.world.things.size).toBe(0);
  });

  it("leaves a retained resource where it is and forgets it", async () => {
    run.program(network("net", {}, { retainOnDelete: true }));
    await run.up();
    run.program();
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual([]);
    expect(run.world.things.size).toBe(1);
    expect(run.names()).toEqual([]);
  });

  it("does not delete by itself what is deleted with another", async () => {
    run.program(network("net"), command("in", {}, { deletedWith: "net" }));
    await run.up();
    run.program();
    await run.up();
    expect(run.world.calls).toEqual(["delete net"]);
  });

  it("destroys everything in reverse order and leaves an empty state", async () => {
    run.program(
      { kind: "group", name: "g" },
      network("net", {}, { parent: "g" }),
      command("cmd", { environment: { N: { $ref: "net.id" } } }),
    );
    await run.up();
    expect(await run.destroy()).toBe(true);
    expect(run.world.calls).toEqual(["delete cmd", "delete net"]);
    expect(run.state().resources).toEqual([]);
  });
});

describe("parents and names", () => {
  it("puts the parents' types into the URN and keeps a renamed resource by its alias", async () => {
    run.program({ kind: "group", name: "g" }, network("net", {}, { parent: "g" }));
    await run.up();
    expect(run.resource("net").urn).toBe("urn:pulumi:dev::spec::spec:index:Group$docker:index/network:Network::net");
    run.program(
      { kind: "group", name: "h", options: { aliases: [{ name: "g" }] } },
      network("web", { name: "net" }, { parent: "h", aliases: [{ name: "net" }] }),
    );
    expect(await run.up()).toBe(true);
    expect(run.world.calls).toEqual([]);
    expect(run.names()).toEqual(["h", "web"]);
  });
});

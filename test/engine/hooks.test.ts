import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "./harness.ts";
import { command } from "./specs.ts";

let run: Harness;
beforeEach(() => {
  run = new Harness();
});
afterEach(() => run.cleanup());

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

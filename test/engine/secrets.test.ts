import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setConfig } from "../../engine/operations/config.ts";
import { Harness } from "./harness.ts";
import { command } from "./specs.ts";

let run: Harness;
beforeEach(() => {
  run = new Harness();
});
afterEach(() => run.cleanup());

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

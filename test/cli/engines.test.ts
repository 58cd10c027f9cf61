import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseEngine, findPulumi } from "../../cli/engines.ts";
import { environmentOf } from "../../cli/operation.ts";
import { backendUrl } from "../../cli/pulumi.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "switchback-engines-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** An executable `pulumi` in a folder of its own; returns the folder. */
function fake(folder: string, script: string): string {
  const path = join(dir, folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "pulumi"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(path, "pulumi"), 0o755);
  return path;
}

describe("the choice of the engine", () => {
  it("takes the real CLI on PATH and passes over npm's wrapper, linked or not", () => {
    const wrapper = fake("project/node_modules/.bin", "echo v9");
    const linked = join(dir, "linked");
    mkdirSync(linked);
    symlinkSync(join(wrapper, "pulumi"), join(linked, "pulumi"));
    const real = fake("bin", "echo v3.270.0");
    const PATH = [wrapper, linked, join(dir, "nothing"), real].join(delimiter);
    expect(findPulumi(PATH)).toEqual([join(real, "pulumi")]);
    expect(chooseEngine(undefined, { PATH })).toMatchObject({
      engine: "pulumi",
      version: "v3.270.0",
      binary: join(real, "pulumi"),
    });
    expect(chooseEngine("embedded", { PATH })).toEqual({ engine: "embedded", why: "asked for" });
  });

  it("falls back to the embedded engine and says why", () => {
    expect(chooseEngine(undefined, { PATH: dir })).toEqual({ engine: "embedded", why: "no pulumi CLI on PATH" });
    const broken = fake("bin", "exit 7");
    expect(chooseEngine(undefined, { PATH: broken })).toEqual({
      engine: "embedded",
      why: `${join(broken, "pulumi")} does not run (exit code 7)`,
    });
  });

  it("does not quietly take another engine than the one asked for", () => {
    expect(() => chooseEngine("pulumi", { PATH: dir })).toThrow("no pulumi CLI on PATH");
    expect(() => chooseEngine("terraform", { PATH: dir })).toThrow("expected pulumi or embedded, got terraform");
  });
});

describe("the backend of the CLI", () => {
  it("is what the user chose: variable, project file, login; else a folder of the project", () => {
    writeFileSync(join(dir, "Pulumi.yaml"), "name: p\n");
    const project = { root: dir, name: "p", declared: new Map() };
    const env = { PULUMI_HOME: join(dir, "home") };
    expect(backendUrl(project, env)).toEqual({ url: `file://${dir}/.switchback/pulumi`, chosen: false });
    mkdirSync(env.PULUMI_HOME);
    writeFileSync(join(env.PULUMI_HOME, "credentials.json"), '{"current": "https://app.example"}');
    expect(backendUrl(project, env)).toEqual({ url: "https://app.example", chosen: true });
    writeFileSync(join(dir, "Pulumi.yaml"), "name: p\nbackend: {url: 's3://state'}\n");
    expect(backendUrl(project, env)).toEqual({ url: "s3://state", chosen: true });
    expect(backendUrl(project, { ...env, PULUMI_BACKEND_URL: "file:///x" })).toEqual({
      url: "file:///x",
      chosen: true,
    });
  });

  it("is the one that operations act for, too", () => {
    writeFileSync(join(dir, "Pulumi.yaml"), "name: p\n");
    const project = { root: dir, name: "p", declared: new Map() };
    const unset = { PULUMI_HOME: dir, SWITCHBACK_ENGINE: "embedded" };
    const own = environmentOf(project, "pulumi", unset);
    expect(own).toMatchObject({ PULUMI_BACKEND_URL: `file://${dir}/.switchback/pulumi` });
    expect(own).not.toHaveProperty("SWITCHBACK_ENGINE");
    const chosen = { ...unset, PULUMI_BACKEND_URL: "file:///x" };
    expect(environmentOf(project, "pulumi", chosen)).toMatchObject({ PULUMI_BACKEND_URL: "file:///x" });
    expect(environmentOf(project, "embedded", unset)).toEqual(unset);
  });
});

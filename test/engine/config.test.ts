import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeSalt, openSalt, passphrase } from "../../engine/crypto.ts";
import { getConfig, listConfig, removeConfig, setConfig } from "../../engine/operations/config.ts";
import { openFiles } from "../../engine/operations/open.ts";
import { programConfig } from "../../engine/operations/program-config.ts";

let dir: string;
let out: string[];
const env = { PULUMI_CONFIG_PASSPHRASE: "pw" };
const io = () => ({ env, out: (line: string) => out.push(line), err: () => {}, signal: new AbortController().signal });
const ref = () => ({ cwd: dir, stack: "dev" });
const file = () => readFileSync(join(dir, "Pulumi.dev.yaml"), "utf8");
const set = (key: string, value: string, path = false, secret = false) =>
  setConfig(ref(), key, value, { path, secret }, io());
const get = (key: string, path = false) => {
  getConfig(ref(), key, { path, json: false }, io());
  return out.pop();
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "switchback-config-"));
  out = [];
  writeFileSync(
    join(dir, "Pulumi.yaml"),
    "name: gold\nconfig:\n  size: {type: integer, default: 3}\n  title: hello\n  needed: {type: string}\n",
  );
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("the passphrase provider", () => {
  // Written by pulumi 3.270.0 with the passphrase "pw".
  const salt = "v1:HxTJ8OqCgKM=:v1:+3S+t1/uXsRdAJaz:FigR7H6bI6OUZmUgI3kuuj5EQdyZeg==";

  it("reads what the real CLI encrypted", () => {
    expect(openSalt(salt, "pw").decrypt("v1:IaG+o5J6yNttHLoO:FbCFHWu2QhruoizXU5Sc+nUw5riXJdM=")).toBe("hunter2");
  });

  it("refuses another passphrase, a damaged secret and an unset variable, each with its sentence", () => {
    expect(() => openSalt(salt, "other")).toThrow("incorrect passphrase");
    expect(() => openSalt("v1:abc", "pw")).toThrow("expected v1:<salt>");
    expect(() => openSalt(salt, "pw").decrypt("v1:IaG+o5J6yNttHLoO:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).toThrow();
    expect(() => passphrase({})).toThrow("PULUMI_CONFIG_PASSPHRASE");
    expect(passphrase({ PULUMI_CONFIG_PASSPHRASE: "" })).toBe("");
  });

  it("makes a salt that it opens again", () => {
    const { salt: made, crypter } = makeSalt("");
    expect(openSalt(made, "").decrypt(crypter.encrypt("ü"))).toBe("ü");
  });
});

describe("config", () => {
  it("writes what the CLI writes, with the same conversions", () => {
    set("color", "green");
    set("plain", "3");
    set("colors.blue.imageTag", "1.10", true);
    set("colors.blue.n", "5", true);
    set("l[0]", "true", true);
    set("l[1].k", "x", true);
    set("m.x", "0123", true);
    set("e", "");
    set("other:key", "v");
    expect(file()).toBe(`config:
  gold:color: green
  gold:plain: "3"
  gold:colors:
    blue:
      imageTag: "1.10"
      n: 5
  gold:l:
    - true
    - k: x
  gold:m:
    x: "0123"
  gold:e: ""
  other:key: v
`);
    expect([get("color"), get("colors"), get("colors.blue.imageTag", true), get("gold:plain")]).toEqual([
      "green",
      '{"blue":{"imageTag":"1.10","n":5}}',
      "1.10",
      "3",
    ]);
  });

  it("quotes what looks like a time, which Pulumi's CLI would hand on in another form", () => {
    set("targetTime", "2026-11-21T02:00:00.5Z");
    set("clearance.at", "2026-11-21T02:00:00Z", true);
    expect(file()).toMatch(/targetTime: "2026-11-21T02:00:00.5Z"$/m);
    expect(file()).toMatch(/at: "2026-11-21T02:00:00Z"$/m);
  });

  it("keeps the comments and the order of a file written by people", () => {
    writeFileSync(
      join(dir, "Pulumi.dev.yaml"),
      "# the stack\nconfig:\n  # who gets the traffic\n  gold:active: green # now\n\n  gold:b: 1.10\n",
    );
    set("active", "blue");
    expect(file()).toBe(
      "# the stack\nconfig:\n  # who gets the traffic\n  gold:active: blue # now\n\n  gold:b: 1.10\n",
    );
    expect(get("b")).toBe("1.1");
  });

  it("refuses a path past the end of a list or into a plain value, and leaves the file alone", () => {
    set("l[0]", "a", true);
    set("color", "green");
    const before = file();
    expect(() => set("l[3]", "x", true)).toThrow("past the end");
    expect(() => set("color.deep", "x", true)).toThrow("plain value");
    expect(() => set("l.key", "x", true)).toThrow("expected an index");
    expect(file()).toBe(before);
  });

  it("removes keys and parts of values; removing nothing is no failure", () => {
    set("a.b", "1", true);
    set("a.c", "2", true);
    removeConfig(ref(), "a.b", { path: true }, io());
    removeConfig(ref(), "nothing", { path: false }, io());
    expect(get("a")).toBe('{"c":2}');
    removeConfig(ref(), "a", { path: false }, io());
    expect(() => get("a")).toThrow("configuration key 'a' not found for stack 'dev'");
  });

  it("keeps secrets encrypted in the file, masked in the list and in clear for the program", () => {
    set("secret", "hunter2", false, true);
    set("m.p", "deep one", true, true);
    set("m.x", "seen", true);
    set("needed", "n");
    expect(file()).not.toMatch(/hunter2|deep one/);
    expect(file()).toMatch(/^encryptionsalt: v1:/m);
    listConfig(ref(), { json: false, showSecrets: false }, io());
    expect(out).toEqual([
      "KEY     VALUE",
      'm       {"p":"[secret]","x":"seen"}',
      "needed  n",
      "secret  [secret]",
      "size    3",
      "title   hello",
    ]);
    out = [];
    listConfig(ref(), { json: true, showSecrets: false }, io());
    expect(JSON.parse(out.join(""))).toMatchObject({
      "gold:m": { secret: true },
      "gold:size": { value: "3", secret: false },
    });
    const program = programConfig(openFiles(ref(), env));
    expect(program.config).toEqual({
      "gold:m": '{"p":"deep one","x":"seen"}',
      "gold:needed": "n",
      "gold:secret": "hunter2",
      "gold:size": "3",
      "gold:title": "hello",
    });
    expect(program.secretKeys).toEqual(["gold:m", "gold:secret"]);
    expect(program.secretTexts.sort()).toEqual(["deep one", "hunter2"]);
  });

  it("refuses to run without a declared value and with provider config", () => {
    expect(() => programConfig(openFiles(ref(), env))).toThrow("missing configuration value 'gold:needed'");
    set("needed", "n");
    set("docker:host", "tcp://x");
    expect(() => programConfig(openFiles(ref(), env))).toThrow("docker:host");
  });
});

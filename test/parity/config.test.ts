import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { parse } from "yaml";
import { step } from "./resources.ts";
import { scenario } from "./scenario.ts";

scenario("writes config as pulumi does: set, --path, --plaintext, rm, get, --json", async (lab) => {
  const config = (...args: string[]) => lab.run(["config", ...args, "--stack", "lab"]);
  const file = () => {
    const { config: values } = parse(readFileSync(join(lab.folder, "Pulumi.lab.yaml"), "utf8")) as { config: unknown };
    lab.note(values);
    return values;
  };
  await config("set", "activeColor", "blue");
  await config("set", "--path", "colors.blue.imageTag", "1.4.0");
  await config("set", "--path", "colors.blue.replicas", "2");
  await config("set", "--path", "colors.blue.warm", "true");
  await config("set", "--path", "accept[0]", "databaseReachable");
  expect(file()).toEqual({
    "lab:activeColor": "blue",
    "lab:colors": { blue: { imageTag: "1.4.0", replicas: 2, warm: true } },
    "lab:accept": ["databaseReachable"],
  });
  expect((await config("get", "activeColor")).stdout.trim()).toBe("blue");
  expect((await config("get", "--path", "colors.blue.imageTag")).stdout.trim()).toBe("1.4.0");
  await config("rm", "--path", "colors.blue.warm");
  await config("rm", "activeColor");
  expect(file()).toEqual({
    "lab:colors": { blue: { imageTag: "1.4.0", replicas: 2 } },
    "lab:accept": ["databaseReachable"],
  });
  lab.note(JSON.parse((await config("--json")).stdout));
  await lab.run(["config", "get", "activeColor", "--stack", "lab"], /not found/);
});

scenario(
  "keeps a history entry per update, with message and result, newest first, and none for previews",
  async (lab) => {
    await lab.up([step("a")], { args: ["--message", "first"] });
    await lab.preview([step("a", "2")]);
    await lab.up([step("a", "2"), step("b", "1", {}, { create: "false" })], {
      args: ["--message", "broken"],
      fails: /exit status 1/,
    });
    await lab.destroy({ args: ["--message", "gone"] });
    const { stdout } = await lab.run(["stack", "history", "--stack", "lab", "--json"]);
    const entries = JSON.parse(stdout) as { kind: string; message: string; result: string; config: object }[];
    expect(entries.map(({ kind, message, result }) => `${kind} ${message} ${result}`)).toEqual([
      "destroy gone succeeded",
      "update broken failed",
      "update first succeeded",
    ]);
    expect(Object.keys(entries[0]!.config)).toEqual(["lab:resources"]);
  },
);

scenario("gives out stack outputs, one or all, and keeps the old ones after a failure", async (lab) => {
  const outputs = { url: "http://localhost", list: [1, { a: true }], from: { ref: "a.stdout" } };
  await lab.up([step("a", "1", {}, { create: "echo one" })], { outputs });
  expect(await lab.outputs()).toEqual({ url: "http://localhost", list: [1, { a: true }], from: "one" });
  const { stdout } = await lab.run(["stack", "output", "url", "--stack", "lab"]);
  expect(stdout.trim()).toBe("http://localhost");
  await lab.up([step("a", "1", {}, { create: "false", update: "sleep 1; false" })], {
    outputs: { url: "x" },
    fails: /exit status 1/,
  });
  await lab.outputs();
});

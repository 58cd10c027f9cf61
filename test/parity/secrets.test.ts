import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { box, step } from "./resources.ts";
import { scenario } from "./scenario.ts";

const word = "correct-horse";

scenario("keeps secrets as ciphertext in the state, through references, and shows outputs as [secret]", async (lab) => {
  const resources = [
    step("a", "1", {}, { environment: { PASSWORD: { secret: word } }, create: "true", logging: "none" }),
    step("b", "1", {}, { stdin: { ref: "a.stdout" }, create: "cat" }),
    box("box", { envs: [{ secret: `PASSWORD=${word}` }] }),
    step("c", "1", { additionalSecretOutputs: ["stdout"] }, { create: "echo shown" }),
  ];
  const outputs = { password: { secret: word }, plain: "x", c: { ref: "c.stdout" } };
  const ran = await lab.up(resources, { outputs });
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(word);
  expect(await lab.outputs()).toEqual({ password: "[secret]", plain: "x", c: "[secret]" });
  expect(await lab.outputs("--show-secrets")).toEqual({ password: word, plain: "x", c: "shown" });
  expect(await lab.exported()).not.toContain(word);
  expect(await lab.preview(resources, { outputs })).toEqual({});
});

scenario("reads a config secret, keeps it encrypted in the stack's file, and follows its change", async (lab) => {
  const resources = [
    step("a", "1", {}, { environment: { PASSWORD: { configSecret: "password" } }, create: "true", update: "true" }),
  ];
  const set = (value: string) => lab.run(["config", "set", "--stack", "lab", "--secret", "lab:password", value]);
  const file = () => readFileSync(join(lab.folder, "Pulumi.lab.yaml"), "utf8");
  lab.describe(resources);
  await set(word);
  expect(file()).not.toContain(word);
  await lab.run(["up", "--stack", "lab", "--yes", "--skip-preview"]);
  const shown = await lab.run(["config", "get", "--stack", "lab", "lab:password"]);
  expect(shown.stdout.trim()).toBe(word);
  await set("other");
  const { stdout } = await lab.run(["preview", "--stack", "lab", "--json"]);
  expect(stdout).not.toMatch(/"other"|correct-horse/);
  expect(lab.steps(stdout)).toEqual({ a: "update" });
});

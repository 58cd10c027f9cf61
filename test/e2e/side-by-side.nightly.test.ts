import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { makeProject, type Project, repository } from "../../scripts/project.ts";
import { ask, docker, engine, freePort } from "./stack.ts";

interface Placed extends Project {
  readonly url: string;
}

/** A stack as the repository's own file says, with another name, subnet and port, and the secret that is not in the file. */
async function place(shape: string, subnet: string, dir?: string): Promise<Placed> {
  const file = parse(readFileSync(path.join(repository, `Pulumi.${shape}.yaml`), "utf8"));
  const port = await freePort();
  file.config["switchback:network"] = { subnet };
  file.config["switchback:router"].port = port;
  const stack = `${shape}-${randomBytes(3).toString("hex")}`;
  const env = { PULUMI_CONFIG_PASSPHRASE: "e2e" };
  const project = makeProject({ stack, configYaml: stringify(file), env, ...(dir === undefined ? {} : { dir }) });
  await project.ok("stack", "init", "--engine", engine);
  const secret = randomBytes(24).toString("base64");
  await project.ok("config", "set", "--secret", "--path", "secrets.database", secret, "--engine", engine);
  return { ...project, url: `http://127.0.0.1:${port}` };
}

let production: Placed;
let staging: Placed;
beforeAll(async () => {
  const base = `10.${randomInt(200, 250)}`;
  production = await place("production", `${base}.0.0/22`);
  staging = await place("staging", `${base}.4.0/22`, production.dir);
});
afterAll(async () => {
  await staging.cleanup();
  await production.cleanup();
});

const up = (project: Project) => project.ok("up", "--yes", "--skip-preview", "--engine", engine);
const color = async ({ url }: Placed) => (await ask(`${url}/version`)).headers["x-switchback-color"];
const containers = async ({ stack }: Project) =>
  (await docker.listContainers({ filters: { label: [`switchback.stack=${stack}`] } })).map(({ Id }) => Id).sort();

it("brings production and staging up side by side on one host, and moves one without the other", async () => {
  // At the same time: they share the folder, the host and nothing else.
  await Promise.all([up(production), up(staging)]);
  expect([await color(production), await color(staging)]).toEqual(["green", "green"]);
  const before = await containers(production);
  await staging.ok("config", "set", "activeColor", "blue", "--engine", engine);
  await up(staging);
  expect([await color(production), await color(staging)]).toEqual(["green", "blue"]);
  await staging.ok("destroy", "--yes", "--skip-preview", "--engine", engine);
  expect(await containers(production)).toEqual(before);
  expect(await color(production)).toBe("green");
}, 300_000);

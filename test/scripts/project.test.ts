import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { connect } from "../../operations/live/docker.ts";
import { makeProject, type Project, repository } from "../../scripts/project.ts";

let project: Project | undefined;
afterEach(() => project?.cleanup());

const stack = `t${Math.random().toString(36).slice(2, 8)}`;

test("a project links to the repository and has a stack file and a .switchback folder of its own", () => {
  project = makeProject({ stack, configYaml: "config: {}\n" });
  expect(realpathSync(path.join(project.dir, "index.ts"))).toBe(path.join(repository, "index.ts"));
  expect(readFileSync(project.configFile, "utf8")).toBe("config: {}\n");
  expect(lstatSync(path.join(project.dir, ".switchback")).isDirectory()).toBe(true);
  expect(existsSync(path.join(project.dir, ".git"))).toBe(false);
  expect(existsSync(path.join(project.dir, "Pulumi.staging.yaml"))).toBe(false);
});

test("an entry named in `copies` is a copy, not a link", () => {
  project = makeProject({ stack, configYaml: "config: {}\n", copies: ["releases"] });
  expect(lstatSync(path.join(project.dir, "releases")).isSymbolicLink()).toBe(false);
  expect(lstatSync(path.join(project.dir, "sets")).isSymbolicLink()).toBe(true);
});

test("cleanup removes the folder and what carries the stack's label, and nothing else", async () => {
  const docker = connect();
  project = makeProject({ stack, configYaml: "config: {}\n" });
  await docker.createVolume({ Name: `${stack}-mine`, Labels: { "switchback.stack": stack } });
  const other = { "switchback.stack": `${stack}x`, "switchback.test": stack };
  await docker.createVolume({ Name: `${stack}-other`, Labels: other });
  try {
    await project.cleanup();
    expect(existsSync(project.dir)).toBe(false);
    const { Volumes } = await docker.listVolumes({ filters: { name: [`${stack}-`] } });
    expect(Volumes.map(({ Name }) => Name)).toEqual([`${stack}-other`]);
  } finally {
    await docker.getVolume(`${stack}-other`).remove();
  }
});

test("cleanup kills a command that still runs", async () => {
  project = makeProject({ stack, configYaml: "config: {}\n" });
  const child = project.start("preview");
  const ended = new Promise((resolve) => child.once("close", (_code, signal) => resolve(signal)));
  await project.cleanup();
  expect(await ended).toBe("SIGKILL");
});

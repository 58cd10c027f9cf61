import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../../scripts/project.ts";

const setup = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [path.join(repository, "scripts", "setup.mjs"), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

test("set-up done twice leaves nothing to do, and `--check` then says so with 0", () => {
  expect(setup([]).status).toBe(0);
  const again = setup(["--check"]);
  expect(again.status).toBe(0);
  expect(again.stdout.split("\n").filter((line) => line.startsWith("→") || line.startsWith("✗"))).toEqual([]);
}, 300_000);

test("`--check` only reports: an unreachable engine ends it with 1 and the step that is missing", () => {
  const { status, stdout } = setup(["--check"], { DOCKER_HOST: "tcp://127.0.0.1:1" });
  expect(status).toBe(1);
  expect(stdout).toMatch(/✗ Docker engine: none answers at tcp:\/\/127.0.0.1:1 .*`npm run setup` would install/);
});

test("set-up with an unreachable DOCKER_HOST stops with what to do and installs nothing", () => {
  const { status, stderr } = setup([], { DOCKER_HOST: "tcp://127.0.0.1:1" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/run `unset DOCKER_HOST`/);
});

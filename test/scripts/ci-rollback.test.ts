import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { repository } from "../../scripts/project.ts";

const rollback = (...args: string[]) =>
  spawnSync(path.join(repository, ".ci", "rollback"), args, { encoding: "utf8", env: process.env });

it.each([
  [[], "expected .ci/rollback STACK REASON"],
  [["staging"], "expected .ci/rollback STACK REASON"],
  [["nowhere", "a reason"], "expected a stack with a Pulumi.nowhere.yaml, got nowhere"],
])("the rollback of a CI refuses %j before it does anything", (args, message) => {
  const { status, stderr } = rollback(...args);
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
});

it("the workflow passes on what the script takes, and nothing of it through the shell's own eyes", () => {
  const { jobs } = parse(readFileSync(path.join(repository, ".github/workflows/rollback.yml"), "utf8"));
  const runs: string[] = jobs.rollback.steps.flatMap(({ run }: { run?: string }) => run ?? []);
  expect(runs).toContain('.ci/rollback "$STACK" "$REASON" "$TO" "$LEVEL"');
  expect(runs.filter((run) => run.includes("${{"))).toEqual([]);
});

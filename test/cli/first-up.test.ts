import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createWhenMissing } from "../../cli/first-up.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "switchback-first-up-"));
  writeFileSync(join(root, "Pulumi.staging.yaml"), "config: {}\n");
  // A CLI that notes what it is asked, and knows the stacks that have a file of their name.
  writeFileSync(
    join(root, "pulumi"),
    `#!/bin/sh\necho "$@" >> ${root}/asked\n[ "$2" = init ] || [ -e "${root}/$4" ]\n`,
  );
  chmodSync(join(root, "pulumi"), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function asked(stack: string | undefined, backend: string): string[] {
  const project = { root, name: "p", declared: new Map() };
  createWhenMissing({ binary: join(root, "pulumi"), project, stack, backend, env: process.env });
  return existsSync(join(root, "asked")) ? readFileSync(join(root, "asked"), "utf8").trim().split("\n") : [];
}

it("makes a stack that a folder has no state of, and leaves one alone that it has", () => {
  const init = `stack init staging --no-select --cwd ${root}`;
  expect(asked("staging", `file://${root}`)).toEqual([init]);
  mkdirSync(join(root, ".pulumi/stacks/p"), { recursive: true });
  writeFileSync(join(root, ".pulumi/stacks/p/staging.json"), "{}");
  expect(asked("staging", `file://${root}`)).toEqual([init]);
});

it("asks any other backend, with the stack's full name", () => {
  const show = `stack --show-name --stack staging --non-interactive --cwd ${root}`;
  expect(asked("staging", "https://app.example")).toEqual([show, `stack init staging --no-select --cwd ${root}`]);
  writeFileSync(join(root, "staging"), "");
  expect(asked("staging", "https://app.example").slice(2)).toEqual([show]);
});

it("makes nothing without a config file of that name, or when no stack is named", () => {
  expect(asked("other", `file://${root}`)).toEqual([]);
  expect(asked(undefined, `file://${root}`)).toEqual([]);
});

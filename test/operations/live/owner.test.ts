import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { currentOwner, sameOwner } from "../../../operations/live/owner.ts";

const home = process.cwd();
beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), "owner-")));
  vi.stubEnv("PULUMI_HOME", process.cwd());
  vi.stubEnv("PULUMI_BACKEND_URL", "");
  vi.stubEnv("SWITCHBACK_ENGINE", "");
});
afterEach(() => {
  const folder = process.cwd();
  process.chdir(home);
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const owner = () => currentOwner("switchback", "test");

it("differs between the engines, backends, projects and stacks", () => {
  const cloud = owner();
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
  const bucket = owner();
  vi.stubEnv("SWITCHBACK_ENGINE", "embedded");
  const embedded = owner();
  for (const [a, b] of [
    [cloud, bucket],
    [bucket, embedded],
    [cloud, embedded],
    [cloud, currentOwner("switchback", "other")],
  ] as const) {
    expect(sameOwner(a, b)).toBe(false);
  }
  expect(sameOwner(embedded, owner())).toBe(true);
});

it("looks for the backend where the CLI does: environment, project file, login", () => {
  const cloud = owner();
  writeFileSync("credentials.json", JSON.stringify({ current: "s3://login" }));
  const login = owner();
  expect(sameOwner(login, cloud)).toBe(false);
  writeFileSync("Pulumi.yaml", "name: switchback\nbackend: {url: s3://project}\n");
  const project = owner();
  expect(sameOwner(project, login)).toBe(false);
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://login");
  expect(sameOwner(owner(), login)).toBe(true);
});

import { expect, it } from "vitest";
import { loadStack } from "../../stacks/load.ts";
import { rawConfig } from "./fixtures.ts";

const database = { name: "orders", secret: "database" };
const load = (changes: Readonly<Record<string, unknown>>) =>
  loadStack(rawConfig({ database, secrets: { database: "a secret of sixteen" }, ...changes }));
const errorsOf = (changes: Readonly<Record<string, unknown>>) => load(changes).errors;

it("takes each target as text, as `pulumi config set` stores it", () => {
  for (const target of [
    { targetTime: "2026-11-21T02:00:00Z" },
    { targetTime: "2026-11-21T03:00:00.25+01:00", drill: "true" },
    { targetLsn: "0/3000148", targetGeneration: "initial" },
    { targetBackup: "20261121-020000F_20261121-080000I" },
    { generation: "restored-1f2e3d4c" },
  ])
    expect(errorsOf(target)).toEqual([]);
  expect(load({ targetTime: "2026-11-21T02:00:00Z", drill: "true" }).config?.drill).toBe(true);
});

it("refuses a time without its zone", () => {
  expect(errorsOf({ targetTime: "2026-11-21 02:00:00" })).toEqual([
    expect.stringMatching(
      /^targetTime: expected a time with its zone, such as 2026-11-21T02:00:00Z, and in quotes in YAML, got /,
    ),
  ]);
});

it("refuses two targets, and says how to keep one", () => {
  expect(errorsOf({ targetTime: "2026-11-21T02:00:00Z", targetLsn: "0/1" })).toEqual([
    "targetTime: expected one target, got targetTime 2026-11-21T02:00:00Z and targetLsn 0/1; keep one: pulumi config rm targetLsn",
  ]);
});

it("refuses a target of a stack without a database", () => {
  expect(errorsOf({ database: undefined, targetBackup: "safety-1" })).toEqual([
    expect.stringContaining("targetBackup: expected the stack to have a `database`, got none"),
  ]);
});

it("refuses a drill of nothing, and a generation without its LSN", () => {
  expect(errorsOf({ drill: "true" })).toEqual([expect.stringContaining("drill: expected a target to rehearse")]);
  expect(errorsOf({ targetGeneration: "initial" })).toEqual([
    expect.stringContaining("targetGeneration: expected a targetLsn beside it"),
  ]);
});

import { describe, expect, it } from "vitest";
import type { Seen } from "../../../stacks/recovery/seen.ts";
import type { DatabaseSetting } from "../database-setting.ts";
import { commits, decided, goalOf, targetBackup } from "./decided.ts";
import { dead, restored } from "./history.ts";

it("lets a drill make and read everything, and switch nothing", () => {
  const drill = decided({
    config: { targetBackup, drill: "true", recovery: { during: "readonly" } },
    setting: { head: "4", releases: { blue: "2.1.0", green: "2.1.0" } },
  });
  expect(Object.values(drill.answers).every((text) => text.startsWith("yes"))).toBe(true);
  expect(goalOf(drill)).toMatchObject({ drill: true, during: "serve", verify: "audit" });
  expect(drill).toMatchObject({
    taken: true,
    moves: false,
    head: undefined,
    back: undefined,
    promotion: { generation: "initial", kind: "first" },
  });
  expect(drill.promotion.others).toEqual([goalOf(drill).container]);
  expect(drill.summary).toMatch(/^a drill: .*nothing switches$/);
});

it("lets a drill run beside `generation`, which it does not touch", () => {
  const drill = decided({ config: { targetBackup, drill: "true", generation: "initial" } });
  expect(drill).toMatchObject({ taken: true, moves: false, promotion: { generation: "initial" } });
});

describe("an undo", () => {
  const { catalogue } = restored();
  const undo = (config: object, seen: Partial<Seen> = {}, changed: Partial<DatabaseSetting> = {}) =>
    decided({
      config: { generation: "initial", ...config },
      seen: { facts: restored(), ...seen },
      setting: changed,
      catalogue,
    });

  it("lets a kept generation serve again, when what stays behind is allowed", () => {
    expect(undo({}).answers.allowance).toMatch(/^no: .*pulumi config set --path allowDataLoss.restored-a 3$/);
    expect(undo({}, { behind: commits(0) }).answers.allowance).toMatch(/^yes/);
    const allowed = undo({ allowDataLoss: { "restored-a": 3 } });
    expect(Object.values(allowed.answers).every((text) => text.startsWith("yes"))).toBe(true);
    expect(allowed).toMatchObject({
      taken: false,
      moves: true,
      head: "2",
      promotion: {
        generation: "initial",
        kind: "undo",
        request: null,
        leaving: { generation: "restored-a", maxCommits: 3 },
        others: ["test-database-restored-a"],
      },
    });
  });

  it("of a dead generation is counted no more when the config accepts that", () => {
    const config = { allowDataLoss: { "restored-a": 3 } };
    expect(undo(config, { behind: dead })).toMatchObject({
      answers: { allowance: expect.stringMatching(/^unknown/) },
      promotion: { leaving: { maxCommits: 3 } },
    });
    expect(undo({ ...config, accept: ["allowance"] }, { behind: dead }).promotion.leaving?.maxCommits).toBeNull();
  });

  it("moves nothing when that generation serves, and is refused when it is not kept or never served", () => {
    expect(undo({ generation: "restored-a" })).toMatchObject({ conditions: [], moves: false });
    expect(undo({ generation: "other" }).answers.generation).toMatch(
      /^no: expected one that is kept \(initial, restored-a\), got other/,
    );
    const states = (state: "making" | "abandoned" | "drill") => ({
      ...catalogue,
      generations: catalogue.generations.map((one) => (one.name === "initial" ? { ...one, state } : one)),
    });
    for (const state of ["making", "abandoned", "drill"] as const)
      expect(decided({ config: { generation: "initial" }, catalogue: states(state) }).answers.generation).toMatch(
        /^no: expected one that has served \(restored-a\), got initial/,
      );
  });
});

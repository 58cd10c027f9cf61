import { expect, it } from "vitest";
import type { Loss } from "../../operations/migrations/losses.ts";
import { databaseConditions } from "../../stacks/conditions-database.ts";
import { schemaChange } from "../../stacks/schema-change.ts";
import { type DatabaseSetting, databaseSetting } from "./database-setting.ts";

function answers(setting: DatabaseSetting, losses?: readonly Loss[]): Record<string, string> {
  const { plan, live } = databaseSetting(setting);
  const conditions = databaseConditions(plan, live, schemaChange(plan, live)!, losses && { value: losses });
  return Object.fromEntries(conditions.map(({ name, answer, detail }) => [name, `${answer}: ${detail}`]));
}

const back = {
  active: "blue",
  serving: "green",
  releases: { blue: "1.1.0", green: "2.1.0" },
  head: "4",
  open: { blue: false, green: true },
} as const;
const loss = (values: number): Loss[] => [{ migration: "4", column: "orders.c4", values }];

it("allows a lossy way back up to the number given, and names the command for the number counted", () => {
  expect(answers(back, loss(7)).dataLoss).toBe(
    "no: expected nothing to be lost, got 7 values of orders.c4; to allow it: pulumi config set --path allowDataLoss.4 7",
  );
  expect(answers({ ...back, config: { allowDataLoss: { 4: 6 } } }, loss(7)).dataLoss).toMatch(/^no/);
  expect(answers({ ...back, config: { allowDataLoss: { 4: 7 } } }, loss(7)).dataLoss).toMatch(/^yes/);
  expect(answers(back, loss(0)).dataLoss).toBe("yes: no value is lost");
});

it("lets the color being left be closed, and another one only when the config lists it", () => {
  expect(answers(back, loss(0)).closing).toMatch(/^yes: green 2.1.0 does not accept 3/);
  const forward = {
    active: "green",
    releases: { blue: "1.1.0", green: "2.1.0" },
    head: "3",
    config: { schemaVersion: "4" },
  } as const;
  expect(answers(forward).closing).toMatch(/^no: .*pulumi config set --path 'allowClosing\[0\]' blue/);
  const fresh = { ...forward, config: {}, releases: { blue: "2.1.0", green: "2.0.0" }, running: back.releases };
  expect(answers(fresh).closing).toMatch(/^yes: blue 2.1.0/);
  const allowed = { ...forward.config, allowClosing: ["blue"] };
  expect(answers({ ...forward, config: allowed }).closing).toMatch(/^yes/);
});

it("lets the config go back from a change that was not finished, whatever that one opened or brought", () => {
  const pending = { epoch: "x", goal: "y", since: "2026-01-01T00:00:00Z" };
  const forward = { active: "green", releases: back.releases, head: "3", open: { blue: true, green: false } } as const;
  expect(answers(forward)).toMatchObject({
    schema: expect.stringMatching(/^no/),
    closing: expect.stringMatching(/^no/),
  });
  expect(answers({ ...forward, marker: { pending } })).toMatchObject({
    schema: expect.stringMatching(/^yes/),
    closing: expect.stringMatching(/^yes/),
  });
  const backward = { active: "blue", releases: back.releases, head: "4", open: { blue: false, green: true } } as const;
  expect(answers({ ...backward, marker: { pending } }, loss(7)).dataLoss).toMatch(/^yes: 7 values .* not finished/);
});

it("refuses a contract that schemaVersion does not name, with the command", () => {
  const forward = { active: "green", serving: "blue", releases: back.releases, head: "3" } as const;
  expect(answers(forward).schema).toMatch(/^no: .*4_step.*pulumi config set schemaVersion 4/);
});

it("refuses a schemaVersion that the release to be active does not accept, and says which level would go", () => {
  expect(answers({ ...back, config: { schemaVersion: "4" } }).schema).toBe(
    "no: expected a head that 1.1.0 accepts (2 to 3), got schemaVersion 4; let it follow the release (level 2): pulumi config rm schemaVersion",
  );
});

it("refuses a live head that no migration has", () => {
  expect(answers({ ...back, head: "9" }).schema).toMatch(/^no: expected a head that the migrations have, got 9/);
});

it("lets a dead database stop neither a flip nor its verdict, and stop a move of the schema", () => {
  const dead = { ...back, releases: { blue: "1.1.0", green: "2.0.0" }, head: undefined } as const;
  expect(answers({ ...dead, recordedHead: "3" }).database).toMatch(/^yes: .*the head recorded last, 3, stands in/);
  expect(answers(dead).schema).toMatch(/^unknown: nobody knows/);
  expect(answers({ ...back, head: undefined, recordedHead: "4" }).database).toMatch(/^no: .*the schema cannot move/);
});

it("refuses to move the schema on an old base, on a gap of the archive, and without a base", () => {
  expect(answers(back, loss(0)).backup).toMatch(/^yes/);
  expect(answers({ ...back, database: { baseAgeHours: 7 } }, loss(0)).backup).toMatch(
    /^no: .*at most 6 h, got one of 7.0 h/,
  );
  expect(answers({ ...back, database: { base: null } }, loss(0)).backup).toMatch(/^no: .*got none/);
  const archive = { gap: true, repository: "000000010000000000000004" } as never;
  expect(answers({ ...back, database: { archive } }, loss(0)).backup).toMatch(/^no: .*a gap after/);
});

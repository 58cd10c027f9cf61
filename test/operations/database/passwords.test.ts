import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { DatabaseGoal } from "../../../operations/database/goal.ts";
import { passwordsHold } from "../../../operations/database/passwords.ts";

const group = (name: string) => ({ name, verifier: undefined });
const login = (name: string) => ({ name, verifier: `verifier of ${name}` });
const roles: DatabaseGoal["roles"] = {
  owner: group("app_owner"),
  migrator: login("app_migrator"),
  app: group("app_app"),
  blue: login("app_blue"),
  green: login("app_green"),
};
const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const found = Object.fromEntries(
  ["app_migrator", "app_blue", "app_green"].map((name) => [name, hash(`verifier of ${name}`)]),
);

it("passwords hold as long as each is the goal's, and no role has one that should have none", () => {
  expect(passwordsHold(found, roles)).toBe(true);
  expect(passwordsHold({ ...found, app_blue: hash("another") }, roles)).toBe(false);
  expect(passwordsHold({ ...found, app_owner: hash("one") }, roles)).toBe(false);
  expect(passwordsHold({ ...found, app_reporter: hash("of somebody else") }, roles)).toBe(true);
  expect(passwordsHold(null, roles)).toBe(false);
});

it("what an earlier image does not tell is taken to hold", () => {
  expect(passwordsHold(undefined, roles)).toBe(true);
});

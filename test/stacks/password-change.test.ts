import { expect, it } from "vitest";
import { passwordHash } from "../../operations/database/passwords.ts";
import { loadStack } from "../../stacks/load.ts";
import { passwordChange } from "../../stacks/password-change.ts";
import { scramVerifier } from "../../stacks/passwords.ts";
import { databaseSetting } from "./database-setting.ts";
import { rawConfig } from "./fixtures.ts";

const old = "a secret of sixteen";
const [blue, green] = ["orders_blue", "orders_green"];
const found = (secret: string) =>
  Object.fromEntries([blue!, green!].map((role) => [role, passwordHash(scramVerifier(secret, "test", role))]));

/** Green serves with the old password. */
function change(config: Record<string, unknown>, passwords: Record<string, string> | undefined = found(old)) {
  const releases = { blue: "1.1.0", green: "1.1.0" };
  const database = passwords ? { passwords } : {};
  const { plan, live } = databaseSetting({ active: "green", releases, head: "2", config, database });
  return passwordChange(plan, live, "green");
}

const rotated = {
  database: { name: "orders", secret: "next" },
  secrets: { database: old, next: "another secret of sixteen" },
};

it("names the key with which the color that serves keeps its password", () => {
  expect(change(rotated)).toMatch(
    /got another password of orders_green; .*: pulumi config set --path colors\.green\.databaseSecret database && pulumi config set activeColor blue; docs\/runbooks\/rotate-password\.md$/,
  );
});

it("says how the old secret comes back where no key has it any more", () => {
  expect(change({ secrets: { database: "another secret of sixteen" } })).toMatch(
    /pulumi config set --secret --path secrets\.<old>, then: pulumi config set --path colors\.green\.databaseSecret <old> /,
  );
});

it("says nothing where the password stays, or the database does not tell", () => {
  expect(change({})).toBeUndefined();
  const colors = { blue: { imageTag: "1.1.0" }, green: { imageTag: "1.1.0", databaseSecret: "database" } };
  expect(change({ ...rotated, colors })).toBeUndefined();
  expect(change(rotated, {})).toBeUndefined();
});

it("expects the secret of a color to be declared, and to be long enough", () => {
  const colors = { blue: { imageTag: "1.1.0", databaseSecret: "short" }, green: { imageTag: "1.1.0" } };
  const database = { name: "orders", secret: "database" };
  const { errors } = loadStack(
    rawConfig({ activeColor: "green", colors, database, secrets: { database: old, short: "x" } }),
  );
  expect(errors).toEqual([
    expect.stringMatching(
      /^colors\.blue\.databaseSecret: expected a key of secrets with at least 16 characters, got "short"/,
    ),
  ]);
});

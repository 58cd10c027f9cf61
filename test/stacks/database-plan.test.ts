import { expect, it } from "vitest";
import { firstCatalogue } from "../../operations/generations/format.ts";
import { planDatabase } from "../../stacks/database-plan.ts";
import { stackSchema } from "../../stacks/schema.ts";
import { ordersService } from "./fixtures.ts";

function plan(repository: object | undefined, secrets: Record<string, string> = {}) {
  const errors: string[] = [];
  const config = stackSchema.parse({
    activeColor: "green",
    colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } },
    services: { orders: ordersService },
    network: { subnet: "10.240.0.0/22" },
    router: { port: 8099 },
    platform: { set: "platform" },
    database: { name: "orders", secret: "database", backup: { repository } },
  });
  const values = { database: "a secret of sixteen", ...secrets };
  return {
    plan: planDatabase("test", { ...config, secrets: values }, firstCatalogue("2026-01-01T00:00:00Z"), errors),
    errors,
  };
}

it("keeps backups in the volume when the config says nothing else", () => {
  expect(plan(undefined).plan?.repository).toBeUndefined();
});

it("renders another repository for pgBackRest, with values from the stack's secrets", () => {
  const s3 = {
    options: { "repo1-type": "s3", "repo1-s3-bucket": "backups" },
    secrets: { "repo1-s3-key-secret": "s3" },
  };
  expect(plan(s3, { s3: "canary" }).plan?.repository).toBe(
    "[global]\nrepo1-type=s3\nrepo1-s3-bucket=backups\nrepo1-s3-key-secret=canary\n",
  );
  expect(plan(s3).errors).toEqual([
    'database.backup.repository.secrets.repo1-s3-key-secret: expected a key of secrets, got "s3"; run `pulumi config set --secret --path secrets.s3`',
  ]);
});

it("leaves the retention to the schedule, and takes one line for each option", () => {
  expect(() => plan({ options: { "repo1-retention-full": "1" } })).toThrow("other than its retention");
  expect(() => plan({ options: { "repo1-path": "/a\nrepo1-type=s3" } })).toThrow("expected one line");
});

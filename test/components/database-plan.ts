import { firstCatalogue } from "../../operations/generations/format.ts";
import type { DatabasePlan } from "../../stacks/database-plan.ts";
import { planGenerations } from "../../stacks/generations.ts";
import { planPooler } from "../../stacks/pooler-plan.ts";
import { database } from "../../stacks/schema-database.ts";

const catalogue = firstCatalogue("2026-01-01T00:00:00Z");

/** A plan of the database `app` of the stack `test`. */
export const databasePlan = (changes: Record<string, unknown> = {}): DatabasePlan => ({
  config: database.parse({ name: "app", secret: "DATABASE_SECRET", ...changes }),
  lineage: { migrations: [] },
  name: "app",
  catalogue,
  generations: planGenerations("test", "10.0.0.0/22", catalogue),
  backupVolume: "test-backups",
  files: [],
  roles: {
    owner: { name: "app_owner", verifier: undefined },
    migrator: { name: "app_migrator", verifier: "SCRAM-SHA-256$migrator" },
    app: { name: "app_app", verifier: undefined },
    blue: { name: "app_blue", verifier: "SCRAM-SHA-256$blue" },
    green: { name: "app_green", verifier: "SCRAM-SHA-256$green" },
  },
  pooler: planPooler("test", "10.0.0.0/22", [
    { role: "app_blue", password: "b" },
    { role: "app_green", password: "g" },
  ]),
  urls: {
    blue: "postgresql://app_blue:b@pooler:6432/app_blue",
    green: "postgresql://app_green:g@pooler:6432/app_green",
  },
});

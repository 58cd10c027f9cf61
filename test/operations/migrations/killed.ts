import { connectDatabase } from "../../../operations/database/connect.ts";
import type { ToolPlace } from "../../../operations/migrations/command.ts";
import { migrate } from "../../../operations/migrations/migrate.ts";
import { pendSchema } from "../../../operations/migrations/schema-state.ts";
import { docker } from "../database/rig.ts";
import { alembicLineage } from "./alembic.ts";

/** A program that migrates by Alembic and waits long for a lock, to be killed. Its argument: where, as JSON. */
const tool: ToolPlace = { ...JSON.parse(process.argv[2]!), docker };
const { container, database } = tool;
const client = await connectDatabase(docker, { container, database, user: "app_migrator" });
await pendSchema(client, "killed", "goal");
await migrate({
  client,
  tool,
  lineage: alembicLineage(),
  to: "b2",
  allowDataLoss: {},
  lockTimeoutMs: 100_000,
  attempts: 1,
  blockers: "fail",
  epoch: "killed",
  goal: "goal",
  beforeCommit: async () => {},
  log: () => {},
});

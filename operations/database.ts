import type { DatabaseGoal } from "./database/goal.ts";
import { runDatabase } from "./database/operation.ts";
import { goalIn, runOperation } from "./live/program.ts";

// What the database's command resource runs; its goal is a secret.
runOperation({
  goal: goalIn<DatabaseGoal>("SWITCHBACK_DATABASE_GOAL"),
  purpose: () => "database",
  operate: runDatabase,
});

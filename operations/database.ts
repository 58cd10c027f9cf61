import type { DatabaseGoal } from "./database/goal.ts";
import { runDatabase } from "./database/operation.ts";
import { goalIn, runOperation } from "./live/program.ts";
import { orGiveBack } from "./recovery/give-back.ts";

// What the database's command resource runs; its goal is a secret.
runOperation({
  goal: goalIn<DatabaseGoal>("SWITCHBACK_DATABASE_GOAL"),
  purpose: () => "database",
  operate: (run) => orGiveBack(run, () => runDatabase(run)),
});

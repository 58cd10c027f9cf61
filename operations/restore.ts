import { goalIn, runOperation } from "./live/program.ts";
import type { RestoreGoal } from "./recovery/goal.ts";
import { runRestore } from "./recovery/operation.ts";

// What the command resource of a restored generation runs.
runOperation({
  goal: goalIn<RestoreGoal>("SWITCHBACK_RESTORE_GOAL"),
  purpose: ({ generation }) => `restore of ${generation}`,
  operate: runRestore,
});

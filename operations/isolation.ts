import type { IsolationGoal } from "./isolation/goal.ts";
import { runIsolation } from "./isolation/operation.ts";
import { goalIn, runOperation } from "./live/program.ts";

// What the isolation's command resource runs.
runOperation({
  goal: goalIn<IsolationGoal>("SWITCHBACK_ISOLATION_GOAL"),
  purpose: () => "isolation",
  operate: runIsolation,
});

import { goalIn, runOperation } from "./live/program.ts";
import { poolerName } from "./pooler/state.ts";
import { routerName } from "./router/state.ts";
import type { SchemaGoal } from "./schema/goal.ts";
import { runSchema } from "./schema/operation.ts";

// What the schema's command resource runs.
runOperation({
  goal: goalIn<SchemaGoal>("SWITCHBACK_SCHEMA_GOAL"),
  purpose: () => "schema",
  shells: (stack) => [routerName(stack), poolerName(stack)],
  operate: runSchema,
});

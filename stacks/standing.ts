import { describePointer } from "../operations/router/traffic.ts";
import { routerGoal } from "./goal.ts";
import type { StackPlan } from "./plan.ts";
import { otherColor } from "./schema.ts";
import type { SchemaChange } from "./schema-change.ts";

/**
 * What the stack is when the run has succeeded, as the output `verdict` says it: "green 1.1.0 serves; blue 1.0.0 stands by".
 * It tells the state and not the change, so that a run without a change changes no output.
 * @param schema head of the database, and which colors have it; undefined: the stack has no database
 */
export function standing(plan: StackPlan, schema?: Pick<SchemaChange, "head" | "open">): string {
  const { pointer } = routerGoal(plan);
  const other = otherColor(pointer.color);
  const release = pointer.releases[other];
  const state = schema && !schema.open[other] ? `is closed on schema ${schema.head}` : "stands by";
  const idle = release === null ? `${other} is absent` : `${other} ${release} ${state}`;
  if (pointer.mode !== "serve") {
    const named = `${pointer.color} ${pointer.releases[pointer.color]}`;
    return `${pointer.mode === "isolate" ? "isolated" : "in maintenance"}; ${named} is active; ${idle}`;
  }
  const serves = `${describePointer(pointer)} serves`;
  return pointer.canary.percent > 0 ? serves : `${serves}; ${idle}`;
}

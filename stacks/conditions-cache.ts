import { goesBack } from "../operations/cache/flush.ts";
import { routerFile } from "./change.ts";
import { yes } from "./condition.ts";
import { routerGoal } from "./goal.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import type { SchemaChange } from "./schema-change.ts";
import type { Condition } from "./verdict.ts";

/** Says what a change removes from the cache. */
export function cacheCondition(plan: StackPlan, live: Live, schema: SchemaChange | undefined): Condition[] {
  const flush = plan.cache?.flush;
  const pointer = routerFile(live)?.pointer;
  if (!flush || !pointer) return [];
  const withSchema = schema?.held !== undefined && schema.direction === "down";
  if (!withSchema && !goesBack(pointer, routerGoal(plan).pointer)) return [];
  const what = flush.what === "all" ? "all keys are removed" : `keys that begin with ${flush.what.prefix} are removed`;
  return [yes("cache", `${what}, because the release goes back`)];
}

import { isDeepStrictEqual } from "node:util";
import { hashSchemaGoal, type SchemaGoal } from "../operations/schema/goal.ts";
import { newEpoch } from "./epoch.ts";
import { targetServices } from "./goal.ts";
import type { StackPlan } from "./plan.ts";
import type { LiveDatabase } from "./probe-database.ts";
import { colors } from "./schema.ts";
import type { SchemaChange } from "./schema-change.ts";

/** What the schema's operation is to reach. Which color is active is no part of it: a switch alone changes no input. */
export function schemaGoal(plan: StackPlan, { head, open }: SchemaChange): SchemaGoal | undefined {
  const { stack, config, database } = plan;
  if (!database) return undefined;
  return {
    stack,
    database: { container: database.generations.next.container, name: database.name },
    head,
    open,
    migrations: database.config.migrations,
    allowDataLoss: config.allowDataLoss,
    cache: plan.cache?.flush,
    hold: config.router.hold,
    colors: { blue: targetServices(plan.colors.blue), green: targetServices(plan.colors.green) },
  };
}

/** The marker's own epoch when the goal is reached in the database and in the pooler, and nothing is pending; else a new one. */
export function schemaEpoch(goal: SchemaGoal, { schema, pooler }: LiveDatabase): string {
  if ("unknown" in schema || "unknown" in pooler || pooler.value.kind !== "read") return newEpoch();
  const { head, marker } = schema.value;
  const { file, entries } = pooler.value;
  const hash = hashSchemaGoal(goal);
  const reached =
    head === goal.head &&
    marker?.goal === hash &&
    marker.pending === null &&
    file?.marker?.goal === hash &&
    file.pending === null &&
    file.fence === null &&
    isDeepStrictEqual(file.open, goal.open) &&
    colors.every((color) => {
      const entry = entries.find(({ name }) => name.endsWith(`_${color}`));
      return goal.open[color] ? entry && !entry.disabled && !entry.paused : !entry || entry.disabled;
    });
  return reached ? (file?.marker?.epoch ?? newEpoch()) : newEpoch();
}

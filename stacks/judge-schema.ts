import type Docker from "dockerode";
import type { BackupGoal } from "../operations/backup/goal.ts";
import { databaseGoal, hashDatabaseGoal } from "../operations/database/goal.ts";
import { passwordsHold } from "../operations/database/passwords.ts";
import { changeOf, routerFile } from "./change.ts";
import { databaseConditions } from "./conditions-database.ts";
import { drainCondition, probeRequestTimes } from "./conditions-drain.ts";
import type { DatabasePlan } from "./database-plan.ts";
import { newEpoch } from "./epoch.ts";
import { volumesIn } from "./file-volumes.ts";
import { dataMoves } from "./generations.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import type { LiveDatabase } from "./probe-database.ts";
import type { ColorName } from "./schema.ts";
import { isUnfinished, type SchemaChange, schemaChange } from "./schema-change.ts";
import { schemaEpoch, schemaGoal } from "./schema-goal.ts";
import type { Condition } from "./verdict.ts";

/** What was decided about the schema before the first resource is registered. */
export interface JudgedSchema {
  readonly change: SchemaChange;
  readonly conditions: readonly Condition[];
  /** SchemaGoal as JSON. */
  readonly goal: string;
  readonly epoch: string;
  /** A marker could not be read: the schema and the pooler's entries are left as they are. */
  readonly unreadable: boolean;
  /** The database does not answer: its command is left as it is. */
  readonly databaseUnreadable: boolean;
  readonly databaseEpoch: string;
  /** Whether a safety backup has to precede this run, of what runs now. */
  readonly backup: { readonly due: boolean; readonly goal: BackupGoal };
}

/** Looks at the database of a stack; undefined: it has none. Its libraries are loaded only where there is one. */
export const databaseProbe = (
  docker: Docker,
  { stack, database }: StackPlan,
): (() => Promise<LiveDatabase>) | undefined =>
  database && (async () => (await import("./probe-database.ts")).probeDatabase(docker, stack, database));

/** Works out the change of the schema and its conditions; undefined: the stack has no database. */
export async function judgeSchema(docker: Docker, plan: StackPlan, live: Live): Promise<JudgedSchema | undefined> {
  const { database } = plan;
  if (!database || !live.database) return undefined;
  const change = schemaChange(plan, live);
  const goal = change && schemaGoal(plan, change);
  if (!change || !goal) return undefined;
  const { direction, migrations, held } = change;
  const lossy = direction === "down" && migrations.some(({ down }) => down === "lossy");
  const [losses, times] = await Promise.all([
    lossy ? (await import("./probe-database.ts")).probeLosses(docker, database, change) : undefined,
    held && direction !== "none" ? probeRequestTimes(docker, plan.stack) : undefined,
  ]);
  return {
    change,
    conditions: [
      ...databaseConditions(plan, live, change, losses),
      ...(held && times ? [drainCondition(plan, live, held, times)] : []),
    ],
    goal: JSON.stringify(goal),
    epoch: schemaEpoch(goal, live.database),
    unreadable: isUnreadable(database, live.database, change),
    databaseUnreadable: isDead(live.database) && !isUnfinished(live),
    databaseEpoch: databaseEpoch(plan.stack, database, live.database),
    backup: { due: needsBackup(plan, live, change), goal: backupGoal(plan.stack, database, live) },
  };
}

/** A marker that is there and cannot be read; what does not exist yet is made by this run. */
const isUnreadable = (
  { generations }: DatabasePlan,
  { schema, pooler }: LiveDatabase,
  { live }: SchemaChange,
): boolean =>
  ("unknown" in schema && live !== "" && !dataMoves(generations)) ||
  "unknown" in pooler ||
  pooler.value.kind === "unreadable";

const isDead = ({ database }: LiveDatabase): boolean =>
  "unknown" in database || (!database.value.reachable && !database.value.absent);

/** Where the database is gone there is nothing to save, and the way back must not wait for it. */
function needsBackup(plan: StackPlan, live: Live, change: SchemaChange): boolean {
  if (!live.database || "unknown" in live.database.schema) return false;
  const { from, to, cold } = changeOf(plan, live);
  return change.live !== "" && (change.direction !== "none" || (from !== undefined && from !== to && cold));
}

/** The backup point records what ran before the change. */
function backupGoal(stack: string, plan: DatabasePlan, live: Live): BackupGoal {
  const { name, config } = plan;
  const { serving } = plan.generations;
  const { maxAgeHours, countSeconds, fileSeconds, basePoints } = config.backup;
  const pointer = routerFile(live)?.pointer;
  const containers = "value" in live.containers ? [...live.containers.value.values()] : [];
  const setOf = (color: ColorName) =>
    containers.find(({ labels }) => labels["switchback.color"] === color)?.labels["switchback.set"] || null;
  return {
    stack,
    generation: serving.name,
    container: serving.container,
    database: name,
    maxAgeHours,
    countSeconds,
    basePoints: basePoints.keep,
    files: volumesIn(serving.files, stack, plan.files),
    fileSeconds,
    releases: pointer?.releases ?? { blue: null, green: null },
    sets: { blue: setOf("blue"), green: setOf("green") },
    activeColor: pointer?.color ?? null,
  };
}

function databaseEpoch(stack: string, plan: DatabasePlan, { database }: LiveDatabase): string {
  if ("unknown" in database || !database.value.reachable) return newEpoch();
  const { marker, passwords } = database.value;
  const goal = databaseGoal(stack, plan, plan.generations.serving);
  const reached =
    marker?.pending === null && marker.goal === hashDatabaseGoal(goal) && passwordsHold(passwords, goal.roles);
  return reached ? marker.epoch : newEpoch();
}

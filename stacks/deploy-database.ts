import type * as pulumi from "@pulumi/pulumi";
import { Database } from "../components/database.ts";
import { fenceHook } from "../components/fence.ts";
import { Pooler } from "../components/pooler.ts";
import { SafetyBackup } from "../components/safety-backup.ts";
import { Scheduler } from "../components/scheduler.ts";
import { Schema } from "../components/schema.ts";
import { hashSchemaGoal } from "../operations/schema/goal.ts";
import { newEpoch } from "./epoch.ts";
import { type Judged, ownImage } from "./judge.ts";
import type { StackPlan } from "./plan.ts";
import type { ColorName } from "./schema.ts";

/** What the rest of the stack waits for. */
export interface Stateful {
  /** Before a color's containers change: the safety backup. */
  readonly saved: pulumi.Resource;
  /** Before a container of a color is created that does not fit the schema as it is. */
  readonly fences: Readonly<Partial<Record<ColorName, pulumi.ResourceHook>>>;
  /** Registers the pooler and the schema's command once both colors are there. @returns what the router waits for */
  finish(
    networks: Readonly<Record<ColorName, pulumi.Input<string>>>,
    containers: readonly pulumi.Resource[],
  ): pulumi.Resource;
}

/** Registers the database of a stack and the safety backup; undefined: it has none. */
export function deployDatabase(
  plan: StackPlan,
  judged: Judged,
  platformNetwork: pulumi.Input<string>,
  reclaim: pulumi.ResourceHook,
  volumes: readonly pulumi.Resource[],
): Stateful | undefined {
  const { stack, config, database } = plan;
  const { schema } = judged;
  if (!database || !schema) return undefined;
  const frozen = config.router.isolate;
  const unreadable = schema.databaseUnreadable;
  const server = new Database("database", {
    stack,
    plan: database,
    image: ownImage("switchback/database:1"),
    networkName: platformNetwork,
    epoch: schema.databaseEpoch,
    unreadable,
    frozen,
    reclaim,
  });
  const { saved } = new SafetyBackup("safety-backup", {
    goal: schema.backup.goal,
    epoch: newEpoch(),
    due: schema.backup.due,
    after: [server.ready],
  });
  new Scheduler("scheduler", {
    stack,
    plan: database,
    image: ownImage("switchback/database:1"),
    networkName: platformNetwork,
    reclaim,
    frozen,
    after: [server.ready, ...volumes],
  });
  const { epoch } = schema;
  const goal = hashSchemaGoal(JSON.parse(schema.goal));
  const fences = schema.change.unfit.map((color) => [color, fenceHook(judged.docker, { stack, color, epoch, goal })]);
  return {
    saved,
    fences: Object.fromEntries(fences),
    finish: (networks, containers) => {
      const pooler = new Pooler("pooler", {
        stack,
        plan: database,
        image: ownImage("switchback/pooler:1"),
        networks: { ...networks, platform: platformNetwork },
        frozen,
        reclaim,
      });
      const { moved } = new Schema("schema", {
        goal: schema.goal,
        epoch: schema.epoch,
        unreadable: schema.unreadable,
        after: [server.ready, saved, pooler.ready, ...containers],
      });
      return moved;
    },
  };
}

import type * as pulumi from "@pulumi/pulumi";
import { Database } from "../components/database.ts";
import { fenceHook } from "../components/fence.ts";
import { keptVolume } from "../components/kept-volume.ts";
import { Pooler } from "../components/pooler.ts";
import { Promotion } from "../components/promotion.ts";
import { SafetyBackup } from "../components/safety-backup.ts";
import { Scheduler } from "../components/scheduler.ts";
import { Schema } from "../components/schema.ts";
import { initialGeneration } from "../operations/generations/format.ts";
import { hashSchemaGoal } from "../operations/schema/goal.ts";
import type { DatabasePlan } from "./database-plan.ts";
import { partOf } from "./deploy-platform.ts";
import { newEpoch } from "./epoch.ts";
import type { GenerationPlan } from "./generations.ts";
import { type Judged, ownImage } from "./judge.ts";
import type { JudgedSchema } from "./judge-schema.ts";
import type { StackPlan } from "./plan.ts";
import type { ColorName } from "./schema.ts";

/** What the rest of the stack waits for. */
export interface Stateful {
  /** Before a color's containers change: the safety backup. */
  readonly saved: pulumi.Resource;
  /** Before a container of a color is created that does not fit the schema as it is. */
  readonly fences: Readonly<Partial<Record<ColorName, pulumi.ResourceHook>>>;
  /**
   * Registers what comes after both colors: the generations that are made in this run, the pooler, and the commands that
   * choose the generation and move the schema.
   * @param promoted is told what chooses the generation
   * @returns what the router waits for
   */
  finish(
    networks: Readonly<Record<ColorName, pulumi.Input<string>>>,
    containers: readonly pulumi.Resource[],
    promoted: (promotion: pulumi.Resource) => void,
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
  const { schema, data } = judged;
  if (!database || !schema || !data) return undefined;
  const frozen = config.router.isolate;
  const shared = { stack, plan: database, frozen, reclaim };
  const image = ownImage("switchback/database:1");
  const backups = keptVolume("database-backups", { stack, name: database.backupVolume });
  const make = (generation: GenerationPlan, after: readonly pulumi.Resource[]) =>
    new Database(resourceName(generation), {
      ...shared,
      ...setting(generation, database, schema),
      generation,
      backups,
      image,
      networkName: platformNetwork,
      after,
    });
  const { serving, all } = database.generations;
  const server = make(serving, []);
  const { saved } = new SafetyBackup("safety-backup", {
    goal: schema.backup.goal,
    epoch: newEpoch(),
    due: schema.backup.due,
    after: [server.ready],
  });
  const { epoch } = schema;
  const goal = hashSchemaGoal(JSON.parse(schema.goal));
  const fences = schema.change.unfit.map((color) => [color, fenceHook(judged.docker, { stack, color, epoch, goal })]);
  return {
    saved,
    fences: Object.fromEntries(fences),
    finish: (networks, containers, promoted) => {
      const pooler = new Pooler("pooler", {
        ...shared,
        image: ownImage("switchback/pooler:1"),
        networks: { ...networks, platform: platformNetwork },
        ...partOf(judged, database.pooler.goal.part),
        after: [server.ready],
      });
      const others = all
        .filter(({ name }) => name !== serving.name)
        .map((generation) => make(generation, [saved, ...(generation.files ? volumes : [])]));
      const { done } = new Promotion("promotion", {
        ...data.goal,
        after: [server.ready, ...others.map(({ ready }) => ready), pooler.ready, saved],
      });
      promoted(done);
      new Scheduler("scheduler", { ...shared, image, networkName: platformNetwork, after: [done, ...volumes] });
      const { moved } = new Schema("schema", {
        goal: schema.goal,
        epoch: schema.epoch,
        unreadable: schema.unreadable,
        after: [done, ...containers],
      });
      return moved;
    },
  };
}

const resourceName = ({ name }: GenerationPlan): string =>
  name === initialGeneration ? "database" : `database-${name}`;

/** What is known of a generation beforehand: only the one that serves has been asked. */
function setting(generation: GenerationPlan, { generations }: DatabasePlan, schema: JudgedSchema) {
  return generation.name === generations.serving.name
    ? { epoch: schema.databaseEpoch, unreadable: schema.databaseUnreadable }
    : { epoch: newEpoch(), unreadable: false };
}

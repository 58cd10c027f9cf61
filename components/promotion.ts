import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { PromotionGoal } from "../operations/promotion/goal.ts";

export interface PromotionArgs {
  readonly goal: PromotionGoal;
  readonly epoch: string;
  /** Another generation is to serve, or what was done last is not whole. Otherwise every input stays as it was, and nothing runs. */
  readonly due: boolean;
  /** Every generation that is to be ready, and the pooler. */
  readonly after: readonly pulumi.Resource[];
}

/** The Promotion component holds the command that lets one generation serve, and makes all others stand still. */
export class Promotion extends pulumi.ComponentResource {
  /** What the schema and the scheduler of backups wait for. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: PromotionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Promotion", name, {}, opts);
    this.done = new command.local.Command(
      name,
      {
        create: "exec node operations/promotion.ts",
        environment: { SWITCHBACK_PROMOTION_GOAL: JSON.stringify(args.goal), SWITCHBACK_EPOCH: args.epoch },
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        dependsOn: [...args.after],
        ignoreChanges: args.due ? [] : ["create", "environment", "addPreviousOutputInEnv"],
      },
    );
    this.registerOutputs();
  }
}

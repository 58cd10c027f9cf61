import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface IsolationArgs {
  /** What the operation is to reach: an IsolationGoal as JSON. */
  readonly goal: string;
  readonly epoch: string;
  /** Nothing while the stack gets isolated, which waits for nobody; else every container. */
  readonly after: readonly pulumi.Resource[];
}

/** The Isolation component holds the command that cuts every container from every network, or ends that. */
export class Isolation extends pulumi.ComponentResource {
  /** What the router waits for when the isolation ends. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: IsolationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Isolation", name, {}, opts);
    this.done = new command.local.Command(
      name,
      {
        create: "exec node operations/isolation.ts",
        environment: { SWITCHBACK_ISOLATION_GOAL: args.goal, SWITCHBACK_EPOCH: args.epoch },
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: [...args.after] },
    );
    this.registerOutputs();
  }
}

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface SchemaArgs {
  /** What the operation is to reach: a SchemaGoal as JSON. */
  readonly goal: string;
  readonly epoch: string;
  /** A marker could not be read: touch nothing. */
  readonly unreadable: boolean;
  /** The database, the pooler, the safety backup and both colors' containers. */
  readonly after: readonly pulumi.Resource[];
}

/** The Schema component holds the command that moves the database's schema and opens or closes the colors' entries. */
export class Schema extends pulumi.ComponentResource {
  /** What the router's operation waits for. */
  readonly moved: pulumi.Resource;

  constructor(name: string, args: SchemaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Schema", name, {}, opts);
    this.moved = new command.local.Command(
      name,
      {
        create: "exec node operations/schema.ts",
        environment: { SWITCHBACK_SCHEMA_GOAL: args.goal, SWITCHBACK_EPOCH: args.epoch },
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        dependsOn: [...args.after],
        ignoreChanges: args.unreadable ? ["create", "environment", "addPreviousOutputInEnv"] : [],
      },
    );
    this.registerOutputs({});
  }
}

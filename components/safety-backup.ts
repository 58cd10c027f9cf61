import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { BackupGoal } from "../operations/backup/goal.ts";

export interface SafetyBackupArgs {
  /** The database as it is before the change; what ran then is recorded with the point. */
  readonly goal: BackupGoal;
  readonly epoch: string;
  /** A change comes that a safety backup has to precede. Otherwise every input stays as it was, and nothing runs. */
  readonly due: boolean;
  /** What sets the database up. */
  readonly after: readonly pulumi.Resource[];
}

/** The SafetyBackup component takes a backup point before a change of the schema. */
export class SafetyBackup extends pulumi.ComponentResource {
  /** What a change has to wait for. */
  readonly saved: pulumi.Resource;

  constructor(name: string, args: SafetyBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:SafetyBackup", name, {}, opts);
    this.saved = new command.local.Command(
      name,
      {
        create: "exec node operations/safety-backup.ts",
        environment: { SWITCHBACK_BACKUP_GOAL: JSON.stringify(args.goal), SWITCHBACK_EPOCH: args.epoch },
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

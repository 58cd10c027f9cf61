import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { FilesGoal } from "../operations/files/goal.ts";

export interface FilesCommand {
  readonly goal: FilesGoal;
  /** Id of the container: a new one has to be seen to again. */
  readonly container: pulumi.Input<string>;
  readonly epoch: string;
  /** The marker could not be read: touch nothing. */
  readonly unreadable: boolean;
}

/** The command that brings files, reload and keepers of a container to their goal. The goal is a secret: it may hold keys. */
export const filesCommand = (
  name: string,
  { goal, container, epoch, unreadable }: FilesCommand,
  opts?: pulumi.CustomResourceOptions,
): command.local.Command =>
  new command.local.Command(
    name,
    {
      create: "exec node operations/files.ts",
      environment: { SWITCHBACK_EPOCH: epoch, SWITCHBACK_CONTAINER: container },
      stdin: pulumi.secret(JSON.stringify(goal)),
      addPreviousOutputInEnv: false,
    },
    { ...opts, ignoreChanges: unreadable ? ["create", "environment", "stdin", "addPreviousOutputInEnv"] : [] },
  );

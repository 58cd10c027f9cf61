import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { databaseGoal } from "../operations/database/goal.ts";
import type { DatabasePlan } from "../stacks/database-plan.ts";
import { renderParameters, repositoryFile } from "./database-conf.ts";
import { frozenProperties } from "./frozen.ts";
import { keptVolume } from "./kept-volume.ts";
import { labels } from "./labels.ts";

export interface DatabaseArgs {
  readonly stack: string;
  readonly plan: DatabasePlan;
  /** Image of PostgreSQL: an id, or a digest reference. */
  readonly image: string;
  /** Physical name of the platform network, the only one in which it can be reached. */
  readonly networkName: pulumi.Input<string>;
  /** Runs before a container is created. */
  readonly reclaim: pulumi.ResourceHook;
  /** Keep the container as it is, as evidence. */
  readonly frozen: boolean;
  readonly epoch: string;
  /** The marker could not be read: touch nothing. */
  readonly unreadable: boolean;
}

/** The Database component creates a generation of PostgreSQL: its volumes, its container, and the command that sets it up. */
export class Database extends pulumi.ComponentResource {
  /** Id of the generation's container. */
  readonly container: pulumi.Output<string>;
  /** The command that sets it up: what needs roles, archive or base comes after it. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Database", name, {}, opts);
    const { stack, plan, epoch, unreadable } = args;
    const data = keptVolume(`${name}-volume`, { stack, name: plan.container }, { parent: this });
    const backups = keptVolume(`${name}-backups`, { stack, name: plan.backupVolume }, { parent: this });
    const container = createContainer(`${name}-container`, args, data, backups, this);
    this.container = container.id;
    this.ready = new command.local.Command(
      name,
      {
        create: "exec node operations/database.ts",
        environment: {
          SWITCHBACK_DATABASE_GOAL: pulumi.secret(JSON.stringify(databaseGoal(stack, plan))),
          SWITCHBACK_EPOCH: epoch,
          SWITCHBACK_DATABASE_CONTAINER: container.id,
        },
        addPreviousOutputInEnv: false,
      },
      { parent: this, ignoreChanges: unreadable ? ["create", "environment", "addPreviousOutputInEnv"] : [] },
    );
    this.registerOutputs({ container: this.container });
  }
}

function createContainer(
  name: string,
  { stack, plan, image, networkName, reclaim, frozen }: DatabaseArgs,
  data: docker.Volume,
  backups: docker.Volume,
  parent: pulumi.Resource,
): docker.Container {
  const { generation, config } = plan;
  return new docker.Container(
    name,
    {
      name: plan.container,
      image,
      envs: [`SWITCHBACK_GENERATION=${generation}`],
      labels: labels({ stack, role: "database", generation }),
      uploads: [
        { file: "/etc/switchback/parameters.conf", content: renderParameters(config), permissions: "0444" },
        ...repositoryFile(plan),
      ],
      networksAdvanced: [{ name: networkName, ipv4Address: plan.address, aliases: ["database"] }],
      volumes: [
        { volumeName: data.name, containerPath: "/var/lib/postgresql/data" },
        { volumeName: backups.name, containerPath: "/var/lib/pgbackrest" },
      ],
      memory: config.memoryMb,
      memorySwap: config.memoryMb,
      shmSize: 256,
      restart: "unless-stopped",
      init: true,
      securityOpts: ["no-new-privileges:true"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      destroyGraceSeconds: config.stopSeconds,
    },
    {
      parent,
      protect: frozen,
      ignoreChanges: frozen ? frozenProperties : [],
      hooks: { beforeCreate: [reclaim] },
    },
  );
}

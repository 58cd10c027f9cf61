import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { databaseGoal } from "../operations/database/goal.ts";
import type { DatabasePlan } from "../stacks/database-plan.ts";
import type { GenerationPlan } from "../stacks/generations.ts";
import { databaseSpec } from "../stacks/once-specs.ts";
import { renderParameters, repositoryFile } from "./database-conf.ts";
import { frozenProperties, standingProperties } from "./frozen.ts";
import { keptVolume } from "./kept-volume.ts";
import { labels } from "./labels.ts";

export interface DatabaseArgs {
  readonly stack: string;
  readonly plan: DatabasePlan;
  readonly generation: GenerationPlan;
  /** Volume of the backups, which all generations share. */
  readonly backups: docker.Volume;
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
  /** What a restore comes after. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The Database component creates a generation of PostgreSQL: its volume, its container, the command that restores its data
 * where it is made of another's, and, where it serves, the command that sets it up. One that is kept stands still.
 */
export class Database extends pulumi.ComponentResource {
  /** Id of the generation's container. */
  readonly container: pulumi.Output<string>;
  /** What made it, or set it up: what needs its data comes after it. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Database", name, {}, opts);
    const { stack, generation } = args;
    const data = keptVolume(`${name}-volume`, { stack, name: generation.container }, { parent: this });
    const container = createContainer(`${name}-container`, args, data, this);
    this.container = container.id;
    const restored = generation.restore && restore(generation, generation.restore, container, args.after, this);
    const made = restored ?? container;
    this.ready = generation.role === "serves" ? setUp(name, args, container, made, this) : made;
    this.registerOutputs({ container: this.container });
  }
}

function setUp(
  name: string,
  { stack, plan, generation, epoch, unreadable }: DatabaseArgs,
  container: docker.Container,
  made: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Resource {
  return new command.local.Command(
    name,
    {
      create: "exec node operations/database.ts",
      environment: {
        SWITCHBACK_DATABASE_GOAL: pulumi.secret(JSON.stringify(databaseGoal(stack, plan, generation))),
        SWITCHBACK_EPOCH: epoch,
        SWITCHBACK_DATABASE_CONTAINER: container.id,
      },
      addPreviousOutputInEnv: false,
    },
    {
      parent,
      dependsOn: [made],
      ignoreChanges: unreadable ? ["create", "environment", "addPreviousOutputInEnv"] : [],
    },
  );
}

/** Its inputs are those of the request, as it was taken: what has been restored is never restored again. */
function restore(
  { name }: GenerationPlan,
  { goal, epoch }: NonNullable<GenerationPlan["restore"]>,
  container: docker.Container,
  after: readonly pulumi.Resource[],
  parent: pulumi.Resource,
): pulumi.Resource {
  return new command.local.Command(
    `restore-${name}`,
    {
      create: "exec node operations/restore.ts",
      environment: { SWITCHBACK_RESTORE_GOAL: goal, SWITCHBACK_EPOCH: epoch },
      addPreviousOutputInEnv: false,
    },
    { parent, dependsOn: [container, ...after] },
  );
}

function createContainer(
  name: string,
  { stack, plan, generation, backups, image, networkName, reclaim, frozen }: DatabaseArgs,
  data: docker.Volume,
  parent: pulumi.Resource,
): docker.Container {
  const { config } = plan;
  const kept = generation.role === "kept";
  return new docker.Container(
    name,
    {
      name: generation.container,
      image,
      envs: [`SWITCHBACK_GENERATION=${generation.name}`],
      labels: labels({
        stack,
        role: "database",
        generation: generation.name,
        spec: databaseSpec(stack, plan, generation, image),
      }),
      uploads: [
        { file: "/etc/switchback/parameters.conf", content: renderParameters(config), permissions: "0444" },
        ...repositoryFile(plan),
      ],
      networksAdvanced: [{ name: networkName, ipv4Address: generation.address }],
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
      // What does not serve is stopped by the promotion's operation, and an engine must not start it again.
      mustRun: generation.role === "serves",
      start: !kept,
    },
    {
      parent,
      protect: frozen,
      ignoreChanges: frozen ? frozenProperties : kept ? standingProperties : [],
      hooks: { beforeCreate: [reclaim] },
    },
  );
}

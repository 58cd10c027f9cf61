import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { DatabasePlan } from "../stacks/database-plan.ts";
import { mountOf, volumesIn } from "../stacks/file-volumes.ts";
import { repositoryFile } from "./database-conf.ts";
import { frozenProperties } from "./frozen.ts";
import { labels } from "./labels.ts";

export interface SchedulerArgs {
  readonly stack: string;
  readonly plan: DatabasePlan;
  /** Image of PostgreSQL: an id, or a digest reference. */
  readonly image: string;
  /** Physical name of the platform network, from which a repository elsewhere is reached. */
  readonly networkName: pulumi.Input<string>;
  /** Runs before a container is created. */
  readonly reclaim: pulumi.ResourceHook;
  /** Keep the container as it is, as evidence. */
  readonly frozen: boolean;
  /** What sets the database up: its volumes, its catalogue and the first base. */
  readonly after: readonly pulumi.Resource[];
}

/** The Scheduler component creates the container that takes backups by the config's schedule. It has no Docker socket. */
export class Scheduler extends pulumi.ComponentResource {
  /** Id of the scheduler's container. */
  readonly container: pulumi.Output<string>;

  constructor(name: string, args: SchedulerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Scheduler", name, {}, opts);
    const { stack, plan, image, reclaim, frozen, after } = args;
    const { backup } = plan.config;
    const { next } = plan.generations;
    const container = new docker.Container(
      `${name}-container`,
      {
        name: `${stack}-scheduler`,
        image,
        entrypoints: ["switchback-scheduler"],
        // It writes the catalogue, which belongs to root, and runs everything else as the user of PostgreSQL.
        user: "0",
        envs: [
          `SWITCHBACK_GENERATION=${next.name}`,
          `SWITCHBACK_DATABASE=${plan.name}`,
          `SWITCHBACK_FULL_HOURS=${backup.fullHours}`,
          `SWITCHBACK_DIFF_HOURS=${backup.diffHours}`,
          `SWITCHBACK_INCR_HOURS=${backup.incrHours}`,
          `SWITCHBACK_RETENTION_DAYS=${backup.retentionDays}`,
          `SWITCHBACK_BASE_POINTS=${backup.basePoints.keep}`,
          `SWITCHBACK_BASE_POINT_SECONDS=${backup.basePoints.everyMinutes * 60}`,
        ],
        labels: labels({ stack, role: "scheduler", generation: next.name }),
        uploads: repositoryFile(plan),
        // Only a repository elsewhere needs a network.
        ...(plan.repository === undefined
          ? { networkMode: "none" }
          : { networksAdvanced: [{ name: args.networkName }] }),
        volumes: [
          { volumeName: next.container, containerPath: "/var/lib/postgresql/data", readOnly: true },
          { volumeName: plan.backupVolume, containerPath: "/var/lib/pgbackrest" },
          { volumeName: `${stack}-records`, containerPath: "/records" },
          ...volumesIn(next.files, stack, plan.files).map((volume) => ({
            volumeName: volume.name,
            containerPath: mountOf(volume),
            readOnly: true,
          })),
        ],
        memory: backup.memoryMb,
        memorySwap: backup.memoryMb,
        restart: "unless-stopped",
        init: true,
        securityOpts: ["no-new-privileges:true"],
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        destroyGraceSeconds: 10,
      },
      {
        parent: this,
        dependsOn: [...after],
        protect: frozen,
        ignoreChanges: frozen ? frozenProperties : [],
        hooks: { beforeCreate: [reclaim] },
      },
    );
    this.container = container.id;
    this.registerOutputs({ container: this.container });
  }
}

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { initialGeneration } from "../operations/generations/format.ts";
import type { DatabasePlan } from "../stacks/database-plan.ts";
import { poolerSpec } from "../stacks/once-specs.ts";
import type { ColorName } from "../stacks/schema.ts";
import { filesCommand } from "./files-command.ts";
import { frozenProperties } from "./frozen.ts";
import { keptVolume } from "./kept-volume.ts";
import { labels } from "./labels.ts";
import { renderPooler } from "./pooler-conf.ts";

export interface PoolerArgs {
  readonly stack: string;
  readonly plan: DatabasePlan;
  /** Image of PgBouncer: an id, or a digest reference. */
  readonly image: string;
  /** Physical names of the networks in which it has its fixed address. */
  readonly networks: Readonly<Record<ColorName | "platform", pulumi.Input<string>>>;
  /** Runs before a container is created. */
  readonly reclaim: pulumi.ResourceHook;
  /** Keep the container as it is, as evidence. */
  readonly frozen: boolean;
  readonly epoch: string;
  /** The marker of its passwords could not be read: touch nothing. */
  readonly unreadable: boolean;
  /** What gives the roles their passwords. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The Pooler component creates PgBouncer between the colors and the database, and the command that brings it the passwords
 * while it runs. Its entries are run-time state, no inputs.
 */
export class Pooler extends pulumi.ComponentResource {
  /** Id of the pooler's container. */
  readonly container: pulumi.Output<string>;
  /** What a color needs to be there before it starts. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: PoolerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Pooler", name, {}, opts);
    const { stack, plan, epoch, unreadable, after } = args;
    const volume = keptVolume(`${name}-volume`, { stack, name: plan.pooler.volume }, { parent: this });
    const container = createContainer(`${name}-container`, args, volume, this);
    this.container = container.id;
    const { goal } = plan.pooler;
    const command = { goal, container: container.id, epoch, unreadable };
    this.ready = filesCommand(name, command, { parent: this, dependsOn: [...after] });
    this.registerOutputs({ container: this.container });
  }
}

function createContainer(
  name: string,
  { stack, plan, image, networks, reclaim, frozen }: PoolerArgs,
  volume: docker.Volume,
  parent: pulumi.Resource,
): docker.Container {
  const { config, pooler } = plan;
  const { memoryMb } = config.pooler;
  return new docker.Container(
    name,
    {
      name: pooler.container,
      image,
      // Where the entries point before the first promotion; later ones are in the volume.
      envs: [
        `SWITCHBACK_STACK=${stack}`,
        `SWITCHBACK_DATABASE=${plan.name}`,
        `SWITCHBACK_GENERATION=${initialGeneration}`,
        `SWITCHBACK_ADDRESS=${pooler.firstAddress}`,
        ...(config.pooler.session ? ["SWITCHBACK_SESSION=1"] : []),
      ],
      labels: labels({ stack, role: "pooler", spec: poolerSpec(plan, image) }),
      uploads: [{ file: "/etc/switchback/pgbouncer.ini", content: renderPooler(config.pooler), permissions: "0444" }],
      networksAdvanced: (["blue", "green", "platform"] as const).map((network) => ({
        name: networks[network],
        ipv4Address: pooler.addresses[network],
        aliases: ["pooler"],
      })),
      volumes: [{ volumeName: volume.name, containerPath: "/var/lib/switchback" }],
      memory: memoryMb,
      memorySwap: memoryMb,
      restart: "unless-stopped",
      init: true,
      securityOpts: ["no-new-privileges:true"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      destroyGraceSeconds: 10,
    },
    {
      parent,
      protect: frozen,
      ignoreChanges: frozen ? frozenProperties : [],
      hooks: { beforeCreate: [reclaim] },
    },
  );
}

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { emptyOrder } from "../operations/cache/flush.ts";
import { type CachePlan, cachePasswordFile } from "../stacks/cache-plan.ts";
import { cacheSpec } from "../stacks/once-specs.ts";
import type { ColorName } from "../stacks/schema.ts";
import { renderCache } from "./cache-conf.ts";
import { filesCommand } from "./files-command.ts";
import { frozenProperties } from "./frozen.ts";
import { keptVolume } from "./kept-volume.ts";
import { labels } from "./labels.ts";

export interface CacheArgs {
  readonly stack: string;
  readonly plan: CachePlan;
  /** Physical names of the three networks in which it has its fixed address. */
  readonly networks: Readonly<Record<ColorName | "platform", pulumi.Input<string>>>;
  readonly epoch: string;
  /** The marker could not be read: touch nothing. */
  readonly unreadable: boolean;
  readonly frozen: boolean;
  /** Runs before a container is created. */
  readonly reclaim: pulumi.ResourceHook;
}

/** The Cache component creates Redis, shared by both colors, and the command that keeps its volume. */
export class Cache extends pulumi.ComponentResource {
  /** Id of its container. */
  readonly container: pulumi.Output<string>;
  /** What a color needs to be there before traffic moves to it. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Cache", name, {}, opts);
    const { stack, plan, epoch, unreadable } = args;
    const volume = keptVolume(`${name}-volume`, { stack, name: plan.container }, { parent: this });
    const container = createContainer(`${name}-container`, args, volume, this);
    this.container = container.id;
    this.ready = filesCommand(name, { goal: plan.goal, container: container.id, epoch, unreadable }, { parent: this });
    this.registerOutputs({ container: this.container });
  }
}

// What was ordered while it did not run is done before it answers.
const entry = `if [ -e ${emptyOrder} ]; then find /data -mindepth 1 -delete; fi; exec redis-server /etc/switchback/redis.conf`;

function createContainer(
  name: string,
  { stack, plan, networks, frozen, reclaim }: CacheArgs,
  volume: docker.Volume,
  parent: pulumi.Resource,
): docker.Container {
  const { config, password } = plan;
  return new docker.Container(
    name,
    {
      name: plan.container,
      image: plan.image.reference,
      entrypoints: ["sh", "-euc", entry],
      labels: labels({ stack, role: "cache", spec: cacheSpec(plan) }),
      uploads: [
        { file: "/etc/switchback/redis.conf", content: renderCache(config), permissions: "0444" },
        {
          file: "/run/secrets/cache.conf",
          content: pulumi.secret(`requirepass ${password}\n`),
          permissions: "0444",
        },
        { file: cachePasswordFile, content: pulumi.secret(password), permissions: "0444" },
      ],
      networksAdvanced: (["blue", "green", "platform"] as const).map((network) => ({
        name: networks[network],
        ipv4Address: plan.addresses[network],
        aliases: ["cache"],
      })),
      volumes: [{ volumeName: volume.name, containerPath: "/data" }],
      memory: config.memoryMb,
      memorySwap: config.memoryMb,
      restart: "unless-stopped",
      init: true,
      securityOpts: ["no-new-privileges:true"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      destroyGraceSeconds: 20,
    },
    {
      parent,
      protect: frozen,
      ignoreChanges: frozen ? frozenProperties : [],
      deleteBeforeReplace: true,
      hooks: { beforeCreate: [reclaim] },
    },
  );
}

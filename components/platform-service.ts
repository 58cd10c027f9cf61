import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformServicePlan } from "../stacks/platform-plan.ts";
import { filesCommand } from "./files-command.ts";
import { frozenProperties } from "./frozen.ts";
import { keptVolume } from "./kept-volume.ts";
import { labels } from "./labels.ts";

export interface PlatformServiceArgs {
  readonly stack: string;
  readonly plan: PlatformServicePlan;
  /** Physical name of the platform network, the only one that it is in. */
  readonly networkName: pulumi.Input<string>;
  readonly epoch: string;
  /** The marker could not be read: touch nothing. */
  readonly unreadable: boolean;
  /** The container stays and takes new files while it runs. */
  readonly stays: boolean;
  readonly frozen: boolean;
  /** Runs before a container is created. */
  readonly reclaim: pulumi.ResourceHook;
}

/** The PlatformService component creates a service that exists once per stack, and the command that reloads its files. */
export class PlatformService extends pulumi.ComponentResource {
  /** Id of its container. */
  readonly container: pulumi.Output<string>;

  constructor(name: string, args: PlatformServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:PlatformService", name, {}, opts);
    const { stack, plan, epoch, unreadable } = args;
    const volumes = Object.entries(plan.config.volumes).map(([volume, containerPath]) => ({
      volumeName: keptVolume(
        `${name}-${volume}-volume`,
        { stack, service: plan.name, name: `${plan.container}-${volume}` },
        { parent: this },
      ).name,
      containerPath,
    }));
    const container = createContainer(`${name}-container`, args, volumes, this);
    this.container = container.id;
    if (plan.goal)
      filesCommand(name, { goal: plan.goal, container: container.id, epoch, unreadable }, { parent: this });
    this.registerOutputs({ container: this.container });
  }
}

function createContainer(
  name: string,
  { stack, plan, networkName, stays, frozen, reclaim }: PlatformServiceArgs,
  volumes: { volumeName: pulumi.Input<string>; containerPath: string }[],
  parent: pulumi.Resource,
): docker.Container {
  const { config } = plan;
  // A container that stays gets its new files from the command; the ones that it began with stay in its inputs.
  const kept = stays ? ["uploads"] : [];
  return new docker.Container(
    name,
    {
      name: plan.container,
      image: plan.image.reference,
      command: config.command,
      user: config.user,
      envs: Object.entries(plan.env).map(([key, value]) => `${key}=${value}`),
      labels: labels({ stack, role: "platform", service: plan.name, spec: plan.spec }),
      uploads: [
        ...Object.entries(plan.files).map(([file, content]) => ({ file, content, permissions: "0444" })),
        ...Object.entries(plan.secrets).map(([file, value]) => ({
          file: `/run/secrets/${file}`,
          content: pulumi.secret(value),
          permissions: "0444",
        })),
      ],
      networksAdvanced: [{ name: networkName, ipv4Address: plan.address, aliases: [plan.name] }],
      volumes,
      ports: config.publish && [
        { internal: config.port ?? 0, external: config.publish.port, ip: config.publish.bind, protocol: "tcp" },
      ],
      memory: config.memoryMb,
      memorySwap: config.memoryMb,
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
      ignoreChanges: frozen ? frozenProperties : kept,
      // One that could not be started is made anew by the next run; its name is taken until the old one is gone.
      replaceOnChanges: frozen ? [] : ["#initerror"],
      deleteBeforeReplace: true,
      hooks: { beforeCreate: [reclaim] },
    },
  );
}

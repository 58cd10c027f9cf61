import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { mountPath, volumeName } from "../stacks/file-volumes.ts";
import type { ColorPlan, ServicePlan } from "../stacks/plan.ts";
import { frozenProperties } from "./frozen.ts";
import { labels } from "./labels.ts";

export interface ColorArgs {
  readonly stack: string;
  /** What the color is to be; without services when it is absent. */
  readonly plan: ColorPlan;
  /** Keep every container as it is, as evidence. */
  readonly frozen: boolean;
  /** Runs before a network or container is created. */
  readonly reclaim: pulumi.ResourceHook;
  /** Runs before a container is created whose release does not fit the schema as it is. */
  readonly fence: pulumi.ResourceHook | undefined;
  /** Before its containers: the volumes that they mount, and what decides which ones. */
  readonly after: pulumi.Input<readonly pulumi.Resource[]>;
}

/** The Color component creates one side of blue/green: its network and one container per replica of each service. */
export class Color extends pulumi.ComponentResource {
  /** Physical name of the color's network. It exists while the color is absent too, because the router is attached to it. */
  readonly network: pulumi.Output<string>;
  /** Release of the color; undefined when it is absent. */
  readonly release: string | undefined;
  readonly containers: readonly docker.Container[];

  constructor(name: string, args: ColorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Color", name, {}, opts);
    const { plan } = args;
    const network = createNetwork(name, args, this);
    this.network = network.name;
    this.release = plan.release;
    this.containers = plan.services.flatMap((service) =>
      service.replicas.map((replica, index) =>
        createContainer(`${name}-${service.name}-${index + 1}`, args, service, replica, network, this),
      ),
    );
    this.registerOutputs({ network: this.network, release: this.release });
  }
}

function createNetwork(name: string, { stack, plan, reclaim }: ColorArgs, parent: pulumi.Resource): docker.Network {
  return new docker.Network(
    `${name}-network`,
    {
      name: plan.network.name,
      ipamConfigs: [{ subnet: plan.network.subnet, gateway: plan.network.gateway }],
      labels: labels({ stack, role: "network", color: plan.color }),
    },
    { parent, hooks: { beforeCreate: [reclaim] } },
  );
}

function createContainer(
  name: string,
  { stack, plan, frozen, reclaim, fence, after }: ColorArgs,
  service: ServicePlan,
  replica: ServicePlan["replicas"][number],
  network: docker.Network,
  parent: pulumi.Resource,
): docker.Container {
  const { config } = service;
  const release = plan.release ?? "";
  return new docker.Container(
    name,
    {
      name: replica.container,
      image: service.image.reference,
      command: config.command,
      user: config.user,
      envs: environment(config.env, {
        SWITCHBACK_COLOR: plan.color,
        SWITCHBACK_RELEASE: release,
        SWITCHBACK_SERVICE: service.name,
      }),
      labels: labels({
        stack,
        role: "service",
        color: plan.color,
        service: service.name,
        release,
        set: plan.set?.id ?? "",
        spec: service.spec,
      }),
      uploads: [...files(config.files), ...secrets(service.secrets)],
      networksAdvanced: [{ name: network.name, ipv4Address: replica.address, aliases: [service.name] }],
      volumes: Object.entries(config.volumes).map(([volume, mounted]) => ({
        volumeName: service.files?.names[volume] ?? volumeName(stack, service.name, volume),
        containerPath: mountPath(mounted),
      })),
      memory: config.memoryMb,
      memorySwap: config.memoryMb,
      restart: "unless-stopped",
      init: true,
      securityOpts: ["no-new-privileges:true"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      destroyGraceSeconds: config.stopSeconds,
      healthcheck: healthcheck(config),
    },
    {
      parent,
      dependsOn: after as pulumi.Input<pulumi.Resource[]>,
      protect: frozen,
      ignoreChanges: frozen ? frozenProperties : [],
      // One that could not be started is made anew by the next run; its name is taken until the old one is gone.
      replaceOnChanges: frozen ? [] : ["#initerror"],
      deleteBeforeReplace: true,
      hooks: { beforeCreate: fence ? [reclaim, fence] : [reclaim] },
    },
  );
}

// Every field is given, because an update shows each one that the image or the engine filled in.
const healthcheck = ({ healthcheck: check }: ServicePlan["config"]) =>
  check && {
    tests: ["CMD", ...check.command],
    interval: `${check.intervalSeconds}s`,
    timeout: "5s",
    startPeriod: "10s",
    retries: 3,
  };

const environment = (...maps: Readonly<Record<string, string>>[]) =>
  Object.entries(Object.assign({}, ...maps)).map(([key, value]) => `${key}=${value}`);

const files = (contents: Readonly<Record<string, string>>) =>
  Object.entries(contents).map(([file, content]) => ({ file, content }));

const secrets = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([file, value]) => ({
    file: `/run/secrets/${file}`,
    content: pulumi.secret(value),
    permissions: "0444",
  }));

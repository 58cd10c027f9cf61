import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPlan } from "../stacks/addresses.ts";
import { type FilesCommand, filesCommand } from "./files-command.ts";
import { keptVolume } from "./kept-volume.ts";
import { labels } from "./labels.ts";

export interface RouterArgs {
  readonly stack: string;
  /** Image of the router: an id, or a digest reference. */
  readonly image: string;
  /** Hash of what makes the container. */
  readonly spec: string;
  /** Host address and port on which it is published. */
  readonly bind: string;
  readonly port: number;
  readonly memoryMb: number;
  /** Ports published beside its own. */
  readonly listeners: readonly { readonly internal: number; readonly port: number; readonly bind: string }[];
  /** What its HTTPS listeners use; undefined: nothing. */
  readonly certificate: Omit<FilesCommand, "container"> | undefined;
  /** The three networks in which it has its fixed address. */
  readonly networks: readonly { readonly plan: NetworkPlan; readonly name: pulumi.Input<string> }[];
  /** What the operation is to reach: a RouterGoal as JSON. */
  readonly goal: string;
  /** Structural nginx configuration. */
  readonly nginxConf: string;
  readonly epoch: string;
  /** The marker could not be read: touch nothing. */
  readonly unreadable: boolean;
  readonly frozen: boolean;
  readonly reclaim: pulumi.ResourceHook;
  /** Both colors' containers: the operation's gate asks the target, and its way back needs the other. */
  readonly after: readonly pulumi.Resource[];
}

/** The Router component creates nginx in front of both colors, and the command that moves its pointer. */
export class Router extends pulumi.ComponentResource {
  /** Id of the router's container. */
  readonly container: pulumi.Output<string>;
  /** Known once the operation has confirmed its goal, which comes after everything else that the router waits for. */
  readonly confirmed: pulumi.Output<string>;

  constructor(name: string, args: RouterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Router", name, {}, opts);
    const stored = { stack: args.stack, name: `${args.stack}-router` };
    const volume = keptVolume(`${name}-volume`, stored, { parent: this });
    const container = createContainer(`${name}-container`, args, volume, this);
    this.container = container.id;
    const { certificate } = args;
    const installed =
      certificate && filesCommand(`${name}-certificate`, { ...certificate, container: container.id }, { parent: this });
    const { id: confirmed } = new command.local.Command(
      name,
      {
        create: "exec node operations/router.ts",
        environment: {
          SWITCHBACK_ROUTER_GOAL: args.goal,
          SWITCHBACK_EPOCH: args.epoch,
          SWITCHBACK_ROUTER_CONTAINER: container.id,
        },
        stdin: args.nginxConf,
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        dependsOn: [...args.after, ...(installed ? [installed] : [])],
        ignoreChanges: args.unreadable ? ["create", "environment", "stdin", "addPreviousOutputInEnv"] : [],
      },
    );
    this.confirmed = confirmed;
    this.registerOutputs({ container: this.container });
  }
}

function createContainer(
  name: string,
  args: RouterArgs,
  volume: docker.Volume,
  parent: pulumi.Resource,
): docker.Container {
  return new docker.Container(
    name,
    {
      name: `${args.stack}-router`,
      image: args.image,
      labels: labels({ stack: args.stack, role: "router", spec: args.spec }),
      ports: [{ internal: 8080, port: args.port, bind: args.bind }, ...args.listeners].map(
        ({ internal, port, bind }) => ({ internal, external: port, ip: bind, protocol: "tcp" }),
      ),
      networksAdvanced: args.networks.map(({ plan, name }) => ({ name, ipv4Address: plan.router })),
      volumes: [{ volumeName: volume.name, containerPath: "/var/lib/switchback" }],
      memory: args.memoryMb,
      memorySwap: args.memoryMb,
      restart: "unless-stopped",
      init: true,
      securityOpts: ["no-new-privileges:true"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      destroyGraceSeconds: 30,
    },
    {
      parent,
      protect: args.frozen,
      // One that could not be started, for a port that was taken, is made anew by the next run, under the same name.
      replaceOnChanges: args.frozen ? [] : ["#initerror"],
      deleteBeforeReplace: true,
      hooks: { beforeCreate: [args.reclaim] },
    },
  );
}

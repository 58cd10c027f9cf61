import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { Color } from "../components/color.ts";
import { ConfigSet } from "../components/config-set.ts";
import { guardContainers } from "../components/guard.ts";
import { Isolation } from "../components/isolation.ts";
import { keepHook } from "../components/keep.ts";
import { labels } from "../components/labels.ts";
import { reclaimHook } from "../components/reclaim.ts";
import { Router } from "../components/router.ts";
import { asideOf } from "../operations/isolation/aside.ts";
import { readDeployed } from "../operations/live/deployed.ts";
import { listenerPort } from "./addresses.ts";
import { deployDatabase } from "./deploy-database.ts";
import { deployPlatform, partOf } from "./deploy-platform.ts";
import { type Judged, ownImage } from "./judge.ts";
import { routerSpec } from "./once-specs.ts";
import type { StackPlan } from "./plan.ts";
import { colors } from "./schema.ts";
import { serviceVolumes } from "./service-volumes.ts";
import { standing } from "./standing.ts";

export interface Outputs {
  /** Where the stack's traffic goes in. */
  readonly url: string;
  readonly activeColor: string;
  /** Release and release set of each color; null: absent. */
  readonly colors: Readonly<Record<string, { readonly release: string; readonly releaseSet: string } | null>>;
  /** Who serves and who stands by, once the run has succeeded. */
  readonly verdict: string;
}

/** Registers every resource of the stack, in reading order. */
export function deploy(plan: StackPlan, judged: Judged): Outputs {
  const { stack, config, platform } = plan;
  const { isolation } = judged;
  const made = guardContainers(isolation);
  const reclaim = reclaimHook(
    judged.docker,
    stack,
    () => readDeployed(judged.docker, stack),
    asideOf(judged.docker, stack, isolation.step === "clears" ? isolation.record : undefined),
  );
  const frozen = config.router.isolate;
  const platformNetwork = new docker.Network(
    "platform-network",
    {
      name: plan.platformNetwork.name,
      ipamConfigs: [{ subnet: plan.platformNetwork.subnet, gateway: plan.platformNetwork.gateway }],
      labels: labels({ stack, role: "network" }),
    },
    { hooks: { beforeCreate: [reclaim] } },
  );
  new ConfigSet("platform-set", { id: platform.id });
  const volumes = serviceVolumes(plan, keepHook(judged.docker, stack));
  const stateful = deployDatabase(plan, judged, platformNetwork.name, reclaim, volumes);
  const before = [...volumes, ...(stateful ? [stateful.saved] : [])];
  // The promotion says which files they get. It needs their networks, and so is registered after them.
  const { promise: promoted, resolve: promotedBy } = Promise.withResolvers<pulumi.Resource[]>();
  const after =
    stateful && plan.database?.files.length ? promoted.then((promotion) => [...before, ...promotion]) : before;
  const both = colors.map((name) => {
    const color = plan.colors[name];
    if (color.set) new ConfigSet(`${name}-set`, { id: color.set.id });
    return {
      color,
      component: new Color(name, { stack, plan: color, frozen, reclaim, fence: stateful?.fences[name], after }),
    };
  });
  const [blue, green] = both.map(({ component }) => component.network) as [
    pulumi.Output<string>,
    pulumi.Output<string>,
  ];
  const containers = both.flatMap(({ component }) => component.containers);
  const shared = deployPlatform(plan, judged, { blue, green, platform: platformNetwork.name }, reclaim);
  const moved = stateful?.finish({ blue, green }, containers, (promotion) => promotedBy([promotion]));
  const isolated =
    isolation.goal &&
    new Isolation("isolation", {
      goal: JSON.stringify(isolation.goal),
      epoch: isolation.epoch,
      after: isolation.step === "clears" ? [...made] : [],
    });
  const { confirmed } = new Router("router", {
    stack,
    image: ownImage("switchback/router:1"),
    spec: routerSpec(plan, ownImage("switchback/router:1")),
    bind: config.router.bind,
    port: config.router.port,
    memoryMb: config.router.memoryMb,
    listeners: Object.values(config.router.listeners).map(({ port, bind }) => ({
      internal: listenerPort(port),
      port,
      bind,
    })),
    certificate: plan.certificate && { goal: plan.certificate.goal, ...partOf(judged, "certificate") },
    networks: [
      ...both.map(({ color, component }) => ({ plan: color.network, name: component.network })),
      { plan: plan.platformNetwork, name: platformNetwork.name },
    ],
    goal: judged.goal,
    nginxConf: judged.nginxConf,
    epoch: judged.epoch,
    unreadable: judged.unreadable,
    frozen,
    reclaim,
    // Neither waits for the other where a stack gets isolated.
    after: [...containers, ...shared, ...(moved ? [moved] : []), ...(isolated && !frozen ? [isolated.done] : [])],
  });
  confirmed.apply(judged.reached);
  return {
    url: `http://${config.router.bind}:${config.router.port}`,
    activeColor: config.activeColor,
    colors: Object.fromEntries(
      both.map(({ color }) => [
        color.color,
        color.release && color.set ? { release: color.release, releaseSet: color.set.id } : null,
      ]),
    ),
    verdict: standing(plan, judged.schema?.change),
  };
}

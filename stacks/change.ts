import type { RouterFile } from "../operations/router/goal.ts";
import type { ColorPlan, ServicePlan, StackPlan } from "./plan.ts";
import type { Live, LiveContainer } from "./probe.ts";
import { type ColorName, colors } from "./schema.ts";
import type { SchemaChange } from "./schema-change.ts";
import { isMadeOf } from "./service-files.ts";
import type { Change } from "./verdict.ts";

/** What the router's file says, when it could be read. */
export function routerFile(live: Live): RouterFile | undefined {
  return "value" in live.router && live.router.value.kind === "read"
    ? (live.router.value.file ?? undefined)
    : undefined;
}

/** What the config asks for against what is live. */
export function changeOf(plan: StackPlan, live: Live, schema?: SchemaChange): Change {
  const pointer = routerFile(live)?.pointer;
  const to = plan.config.activeColor;
  const { router } = plan.config;
  const modes = [
    router.canary.percent > 0 ? `canary: ${router.canary.percent} % of the requests to the other color` : "",
    router.maintenance ? "maintenance: on" : "",
    router.isolate ? "isolate: on" : "",
  ].filter(Boolean);
  return {
    readable: "value" in live.router && live.router.value.kind !== "unreadable",
    from: pointer?.color,
    fromRelease: pointer?.releases[pointer.color] ?? undefined,
    to,
    toRelease: plan.colors[to].release,
    cold: isCold(plan.colors[to], live),
    schema:
      schema && schema.direction !== "none"
        ? { from: schema.live ?? "", to: schema.head, held: schema.held !== undefined }
        : undefined,
    modes,
  };
}

/** Colors that get traffic when the change is done. */
export function trafficColors({ config }: StackPlan): readonly ColorName[] {
  return config.router.canary.percent > 0 ? colors : [config.activeColor];
}

/** Whether the change gives a color requests that it does not get now. */
export function trafficMoves({ config }: StackPlan, live: Live): boolean {
  const pointer = routerFile(live)?.pointer;
  return pointer?.color !== config.activeColor || pointer.canary.percent < config.router.canary.percent;
}

/** Whether a container of the color must be made or replaced. */
export const isCold = (color: ColorPlan, live: Live): boolean =>
  color.services.some((service) => isServiceCold(service, live));

export function isServiceCold(service: ServicePlan, live: Live): boolean {
  return service.replicas.some(
    ({ container }) => !isMadeOf(service, liveContainer(live, container)?.labels["switchback.spec"]),
  );
}

export function liveContainer(live: Live, name: string): LiveContainer | undefined {
  return "value" in live.containers ? live.containers.value.get(name) : undefined;
}

import type { RouterPlan } from "../components/nginx-conf.ts";
import type { RouterGoal, TargetService } from "../operations/router/goal.ts";
import { listenerPort } from "./addresses.ts";
import type { ColorPlan, StackPlan } from "./plan.ts";

/** What the router's operation is to reach. It holds no path, host or time, so that equal plans are equal texts. */
export function routerGoal({ stack, config, colors, database, cache }: StackPlan): RouterGoal {
  const { gate, confirm, drain, canary, maintenance, isolate, retryAfterSeconds } = config.router;
  return {
    stack,
    pointer: {
      color: config.activeColor,
      mode: isolate ? "isolate" : maintenance ? "maintenance" : "serve",
      canary,
      releases: { blue: colors.blue.release ?? null, green: colors.green.release ?? null },
      retryAfterSeconds,
    },
    colors: { blue: targetServices(colors.blue), green: targetServices(colors.green) },
    database: database?.generations.next.container,
    cache: cache?.flush,
    gate,
    confirm,
    drain,
  };
}

/** The services of a color as the gate, the confirmation and the drain see them. */
export const targetServices = (color: ColorPlan): readonly TargetService[] =>
  color.services.map(({ name, config, image, replicas, spec }) => ({
    name,
    port: config.port,
    live: config.health.live,
    ready: config.health.ready,
    drainHook: config.drainHook,
    route: config.route,
    replicas,
    image: image.reference,
    spec,
  }));

/** What nginx's structural configuration is rendered from. */
export function routerPlan({ stack, config, colors, platform, certificate }: StackPlan): RouterPlan {
  return {
    stack,
    colors: { blue: routedColor(colors.blue), green: routedColor(colors.green) },
    listeners: Object.values(config.router.listeners).map(({ port, tls }) => ({ port: listenerPort(port), tls })),
    certificate: certificate?.paths,
    platformSnippet: platform.nginx,
    maintenancePage: platform.maintenancePage,
    retryAfterSeconds: config.router.retryAfterSeconds,
    holdMaxSeconds: config.router.hold.maxSeconds,
  };
}

function routedColor(color: ColorPlan): RouterPlan["colors"]["blue"] {
  if (!color.release) return null;
  const services = color.services.map(({ name, config, replicas }) => ({
    name,
    port: config.port,
    addresses: replicas.map(({ address }) => address),
    route: config.route,
    webSockets: config.webSockets,
  }));
  return { snippet: color.set?.nginx ?? "", services };
}

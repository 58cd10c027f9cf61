import type Docker from "dockerode";
import { percentile99, type RequestTime, readRequestTimes } from "../operations/router/request-times.ts";
import { routerFile } from "./change.ts";
import { no, unknown, yes } from "./condition.ts";
import type { ServicePlan, StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import { bounded, type Probed } from "./probe-bounded.ts";
import type { ColorName } from "./schema.ts";
import type { Condition } from "./verdict.ts";

/** So few requests have no 99th percentile. */
const fewest = 100;

/** How long the requests took that the router has logged last. */
export const probeRequestTimes = (docker: Docker, stack: string): Promise<Probed<readonly RequestTime[]>> =>
  bounded(() => readRequestTimes(docker, stack));

/**
 * Says whether the requests of the color that serves, and is to lose the database, are shorter than what they get to end:
 * longer ones are cut. It refuses nothing: a slow release, or one without requests, must not stop its own way back.
 */
export function drainCondition(
  { config, colors }: StackPlan,
  live: Live,
  held: ColorName,
  probed: Probed<readonly RequestTime[]>,
): Condition {
  const { drainSeconds, maxSeconds } = config.router.hold;
  const bound = `requests on ${held} get ${drainSeconds} s to end (router.hold.drainSeconds)`;
  if ("unknown" in probed) return told(unknown, `${bound}; how long they take is not known: ${probed.unknown}`);
  const since = routerFile(live)?.since ?? "";
  const from = Date.parse(since);
  // What came in before the traffic moved to this color waited for that.
  const recent = probed.value.filter(({ color, began }) => color === held && !(began < from));
  const routed = colors[held].services.filter(({ config: { route } }) => route);
  const services = routed.map((service) => ({
    service,
    times: recent.filter(({ upstream }) => has(service, upstream)),
  }));
  const described = services.map(({ service, times }) => describe(service.name, times)).join("; ");
  const text = `${described}, since ${oldest(recent) ?? since}; ${bound}`;
  const long = services.filter(({ times }) => times.length >= fewest && percentile99(times) > drainSeconds);
  if (long.length > 0) {
    const over = long.flatMap(({ times }) => times).filter(({ seconds }) => seconds > drainSeconds).length;
    return told(
      no,
      `${text}: longer ones, of which there were ${over}, are cut; raise it (below router.hold.maxSeconds, ${maxSeconds} s), or go when it is quiet`,
    );
  }
  return told(services.some(({ times }) => times.length < fewest) ? unknown : yes, text);
}

const told = (answer: typeof yes, detail: string): Condition => ({ ...answer("drain", detail), informs: true });

const has = ({ config, replicas }: ServicePlan, upstream: string) =>
  replicas.some(({ address }) => `${address}:${config.port}` === upstream);

function describe(name: string, times: readonly RequestTime[]): string {
  if (times.length === 0) return `${name}: no request`;
  if (times.length >= fewest) return `${name}: p99 ${percentile99(times).toFixed(2)} s of ${times.length} requests`;
  const longest = Math.max(...times.map(({ seconds }) => seconds));
  return `${name}: ${times.length} requests, too few for a p99 (${fewest}), of at most ${longest.toFixed(2)} s`;
}

function oldest(times: readonly RequestTime[]): string | undefined {
  const [first] = times;
  return first && new Date(Math.floor(first.began / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

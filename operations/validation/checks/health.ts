import type { ColorName } from "../../../stacks/schema.ts";
import { colors } from "../../../stacks/schema.ts";
import { probeServices } from "../../router/health.ts";
import { type Ask, askAll } from "../ask.ts";
import { type Check, judged, unknown } from "../check.ts";
import { asker, type Context, isOpen, isRunning, noAsker, servingColors, wayOut } from "../context.ts";
import { holdsRelease } from "../release.ts";

const seconds = 1.5;

/** `live`, `ready` and the version of every replica of both colors, asked past the router. */
export async function checkHealth(context: Context): Promise<Check[]> {
  const { docker, expectation } = context;
  const replicas = colors.flatMap((color) =>
    expectation.goal.colors[color].flatMap((service) =>
      service.replicas.map((replica) => ({ color, service, ...replica })),
    ),
  );
  const router = asker(context);
  const [asked, dead] = split(replicas, ({ container }) => router !== undefined && isRunning(context, container));
  const unasked = dead.map(({ container }) =>
    unknown(`health ${container}`, router === undefined ? noAsker : "it does not run"),
  );
  if (router === undefined) return unasked;
  const services = asked.map(({ service, container, address }) => ({ ...service, replicas: [{ container, address }] }));
  const [found, versions] = await Promise.all([
    probeServices(docker, router, services, seconds * 1000),
    checkVersions(context, router, asked),
  ]);
  const health = found.map(({ container, live, ready, detail }, at) =>
    judgeHealth(context, asked[at]!.color, container, live, ready, detail),
  );
  return [...unasked, ...health, ...versions];
}

function judgeHealth(
  context: Context,
  color: ColorName,
  container: string,
  live: boolean,
  ready: boolean,
  detail: string,
): Check {
  const open = isOpen(context, color);
  const value = open ? (live ? detail : `not live, ${detail}`) : `${live ? "live" : "not live"}; its color is closed`;
  const away = servingColors(context).includes(color) ? wayOut(context, color) : "";
  return judged(
    live && (ready || !open),
    `health ${container}`,
    value,
    open ? "live and ready" : "live",
    `\`docker logs ${container}\` says why${away}`,
  );
}

async function checkVersions(
  { docker, expectation }: Context,
  router: string,
  replicas: readonly {
    color: ColorName;
    service: { name: string; port: number };
    container: string;
    address: string;
  }[],
): Promise<Check[]> {
  const asked = replicas.flatMap(({ color, service, container, address }) => {
    const path = expectation.services.find((one) => one.name === service.name && one.color === color)?.version;
    const ask: Ask = { url: `http://${address}:${service.port}${path}` };
    return path === undefined ? [] : [{ ask, container, release: expectation.goal.pointer.releases[color] ?? "" }];
  });
  const answers = await askAll(
    docker,
    router,
    asked.map(({ ask }) => ask),
    seconds,
  );
  return asked.map(({ container, release }, at) =>
    holdsRelease(`version ${container}`, answers[at]!, release, "`switchback up` makes its container anew"),
  );
}

function split<T>(all: readonly T[], goes: (one: T) => boolean): [T[], T[]] {
  return [all.filter(goes), all.filter((one) => !goes(one))];
}

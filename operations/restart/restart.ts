import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { bounded, type Probed } from "../../stacks/probe-bounded.ts";
import type { StackConfig } from "../../stacks/schema.ts";
import { isDatabaseDead } from "../database/dead.ts";
import { isEvidence } from "../isolation/names.ts";
import { probeServices } from "../router/health.ts";
import { type RouterState, readRouter } from "../router/state.ts";

export interface Restart {
  readonly docker: Docker;
  readonly stack: string;
  /** A service of the config, or a part of the stack such as `pooler`. */
  readonly service: string;
  /** blue or green; undefined: both. */
  readonly color: string | undefined;
  readonly config: StackConfig;
  readonly log: (line: string) => void;
}

const readySeconds = 60;
const healthMilliseconds = 1000;

/** Restarts the containers of a service one after the other, each once the one before is ready. Resolves to their names. */
export async function restart(given: Restart): Promise<string[]> {
  const { docker, log } = given;
  const found = await containersOf(given);
  const serving = await bounded(() => readRouter(docker, given.stack));
  for (const { name, color } of found) {
    const alone = found.filter((other) => other.color === color).length === 1;
    if (color && alone && !isSpared(serving, color))
      log(
        `${name} is the only one of ${given.service} in ${color}, which serves: requests to it fail until it is ready`,
      );
    log(`restarting ${name}`);
    const began = Date.now();
    await docker.getContainer(name).restart({ t: given.config.services[given.service]?.stopSeconds ?? 10 });
    await ready(given, name);
    log(`${name} is ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
  return found.map(({ name }) => name);
}

/** Whether it is known that a color gets no traffic. */
const isSpared = (router: Probed<RouterState>, color: string): boolean =>
  "value" in router && router.value.kind === "read" && router.value.memory?.color !== color;

/** The containers that a restart means. @throws when there is none, with those that there are */
async function containersOf({
  docker,
  stack,
  service,
  color,
}: Restart): Promise<{ name: string; color: string | undefined }[]> {
  const all = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } });
  const own = all
    .map(({ Names, Labels }) => ({ name: Names[0]?.slice(1) ?? "", labels: Labels }))
    .filter(({ name, labels }) => !isEvidence(stack, name) && labels["switchback.role"] !== "keeper");
  const found = own.filter(({ name, labels }) =>
    labels["switchback.service"] === service
      ? color === undefined || labels["switchback.color"] === color
      : name === `${stack}-${service}`,
  );
  if (found.length > 0)
    return found
      .map(({ name, labels }) => ({ name, color: labels["switchback.color"] }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  const known = own.map(({ name, labels }) => labels["switchback.service"] ?? name.slice(stack.length + 1));
  throw new Error(`expected one of ${[...new Set(known)].sort().join(", ")}, got ${service}; nothing was restarted`);
}

/** @throws when it does not get ready in time */
async function ready({ docker, stack, service, config }: Restart, name: string): Promise<void> {
  const deadline = Date.now() + readySeconds * 1000;
  for (;;) {
    const why = await notReady();
    if (why === undefined) return;
    if (Date.now() > deadline)
      throw new Error(`expected ${name} to be ready within ${readySeconds} s, got: ${why}; see docker logs ${name}`);
    await sleep(250);
  }

  async function notReady(): Promise<string | undefined> {
    const { State, NetworkSettings, Config } = await docker.getContainer(name).inspect();
    if (!State.Running) return `it is ${State.Status}`;
    if (State.Health && State.Health.Status !== "healthy") return `Docker says ${State.Health.Status}`;
    if (Config.Labels["switchback.role"] === "database" && (await isDatabaseDead(docker, name)))
      return "PostgreSQL takes no connection";
    const declared = config.services[service];
    const address = Object.values(NetworkSettings.Networks).find(
      ({ IPAMConfig }) => IPAMConfig?.IPv4Address,
    )?.IPAddress;
    if (!declared || !address) return undefined;
    const { port, health } = declared;
    const target = { name: service, port, ...health, image: "", replicas: [{ container: name, address }] };
    const [answer] = await probeServices(docker, `${stack}-router`, [target], healthMilliseconds);
    // A closed color has no database, and can only be alive.
    return answer?.ready || answer?.live ? undefined : answer?.detail;
  }
}

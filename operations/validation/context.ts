import type Docker from "dockerode";
import { bounded, type Probed } from "../../stacks/probe-bounded.ts";
import { type ColorName, otherColor } from "../../stacks/schema.ts";
import { type PoolerState, readPooler } from "../pooler/state.ts";
import { servingOf } from "../promotion/settle.ts";
import type { Pointer } from "../router/goal.ts";
import { type RouterState, readRouter, routerName } from "../router/state.ts";
import { receiving } from "../router/traffic.ts";
import type { Expectation, ExpectedService } from "./expectation.ts";

export type Depth = "quick" | "thorough";

export interface FoundContainer {
  readonly id: string;
  readonly running: boolean;
  /** Docker's own word, such as "Up 3 minutes (healthy)". */
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Network to address; empty while it does not run. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** What every check is given: what is expected, and what was read of the live system once for all. */
export interface Context {
  readonly docker: Docker;
  readonly stack: string;
  readonly depth: Depth;
  readonly expectation: Expectation;
  /** Lines of logs before it are not counted, in s since 1970. */
  readonly logsSince: number;
  /** By name, running or not. */
  readonly containers: ReadonlyMap<string, FoundContainer>;
  readonly router: Probed<RouterState>;
  readonly pooler: Probed<PoolerState> | null;
  /** null: the stack has no database. */
  readonly serving: Probed<{ readonly generation: string; readonly container: string }> | null;
}

/** Reads what several checks need, each part within 2 s. @throws when the Docker engine lists no containers */
export async function readContext(
  docker: Docker,
  stack: string,
  depth: Depth,
  expectation: Expectation,
): Promise<Omit<Context, "logsSince">> {
  const { database } = expectation;
  const [containers, router, pooler, serving] = await Promise.all([
    listContainers(docker, stack),
    bounded(() => readRouter(docker, stack)),
    database && bounded(() => readPooler(docker, stack)),
    database && bounded(() => servingOf(docker, stack)),
  ]);
  return { docker, stack, depth, expectation, containers, router, pooler, serving };
}

export const isRunning = ({ containers }: Context, name: string): boolean => containers.get(name)?.running === true;

/** The router's container, from which the stack's networks are asked; undefined: it does not run. */
export const asker = (context: Context): string | undefined => {
  const name = routerName(context.stack);
  return isRunning(context, name) ? name : undefined;
};

export const noAsker = "the router does not run, from which it is asked";

/** What acts in the router now; what is expected while that cannot be read. */
export function acting({ router, expectation }: Context): Pointer {
  const known = "value" in router && router.value.kind === "read" ? router.value.memory : null;
  return known ?? expectation.goal.pointer;
}

/** Colors that get requests now. */
export const servingColors = (context: Context): ColorName[] => receiving(acting(context));

/** Whether a color has the database now, as far as anybody knows; one without it is not ready, and need not be. */
export function isOpen({ pooler, expectation }: Context, color: ColorName): boolean {
  if (!expectation.database) return true;
  if (pooler && "value" in pooler && pooler.value.kind === "read") return pooler.value.acting.open[color];
  return expectation.database.open[color];
}

/** Services of the colors that get requests, and those of the platform, with the replicas that run. */
export function servingServices(context: Context): ExpectedService[] {
  const colors = servingColors(context);
  return context.expectation.services
    .filter(({ color }) => color === undefined || colors.includes(color))
    .map((service) => ({
      ...service,
      replicas: service.replicas.filter(({ container }) => isRunning(context, container)),
    }));
}

/** How traffic gets away from a color; empty where the other one could not take it. */
export function wayOut(context: Context, color: ColorName): string {
  const { stack } = context;
  const other = otherColor(color);
  if (!standsBy(context, other)) return "";
  return `; \`switchback config set activeColor ${other} --stack ${stack} && switchback up --stack ${stack}\` moves the traffic to ${other}`;
}

/** Whether each service of a color has a replica that runs, and that Docker does not call ill. */
function standsBy(context: Context, color: ColorName): boolean {
  const { expectation, containers } = context;
  const services = expectation.services.filter((service) => service.color === color);
  const isWell = ({ container }: { readonly container: string }) =>
    isRunning(context, container) && !containers.get(container)?.status.includes("unhealthy");
  return services.length > 0 && services.every(({ replicas }) => replicas.some(isWell));
}

async function listContainers(docker: Docker, stack: string): Promise<ReadonlyMap<string, FoundContainer>> {
  const found = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } });
  return new Map(
    found.map(({ Id, Names, State, Status, Labels, NetworkSettings }) => {
      const attached = Object.entries(NetworkSettings?.Networks ?? {});
      const addresses = Object.fromEntries(attached.map(([network, { IPAddress }]) => [network, IPAddress]));
      return [
        Names[0]?.slice(1) ?? Id,
        { id: Id, running: State === "running", status: Status, labels: Labels, addresses },
      ];
    }),
  );
}

import type { Expectation, ExpectedContainer, ExpectedService } from "../operations/validation/expectation.ts";
import { listenerPort } from "./addresses.ts";
import { routerGoal } from "./goal.ts";
import type { StackPlan } from "./plan.ts";
import { colors } from "./schema.ts";
import type { SchemaChange } from "./schema-change.ts";

/** What a validation holds the live system against, once a plan is reached. Without secrets. */
export function expectationOf(plan: StackPlan, change: SchemaChange | undefined): Expectation {
  const { config, database, cache } = plan;
  const { services: _, ...thresholds } = config.validation;
  const services = [...colorServices(plan), ...platformServices(plan)];
  return {
    version: 1,
    goal: routerGoal(plan),
    containers: [...onceContainers(plan), ...services.flatMap((service) => containersOf(plan, service))],
    networks: networksOf(plan).map(({ name, subnet }) => ({ name, subnet })),
    names: namesOf(plan, services),
    services,
    tlsPorts: Object.values(config.router.listeners).flatMap(({ port, tls }) => (tls ? [listenerPort(port)] : [])),
    database: database
      ? {
          name: database.name,
          head: change?.head ?? null,
          container: database.generations.next.container,
          open: change?.open ?? { blue: true, green: true },
        }
      : null,
    cache: cache?.container ?? null,
    thresholds,
  };
}

const nothing = { version: undefined, egress: [], debugPorts: {}, checks: {} };

const colorServices = ({ colors: planned, config }: StackPlan): ExpectedService[] =>
  colors.flatMap((color) =>
    planned[color].services.map(({ name, config: service, replicas }) => ({
      ...(config.validation.services[name] ?? nothing),
      name,
      color,
      port: service.port,
      webSockets: service.webSockets,
      route: service.route,
      network: planned[color].network.name,
      replicas,
    })),
  );

const platformServices = ({ platformServices: planned, platformNetwork, config }: StackPlan): ExpectedService[] =>
  planned.map(({ name, container, address, config: service }) => ({
    ...(config.validation.services[name] ?? nothing),
    name,
    color: undefined,
    port: service.port,
    webSockets: [],
    route: undefined,
    network: platformNetwork.name,
    replicas: [{ container, address }],
  }));

function containersOf(plan: StackPlan, { name, color, network, replicas }: ExpectedService): ExpectedContainer[] {
  const planned = color ? plan.colors[color].services : plan.platformServices;
  const spec = planned.find((service) => service.name === name)?.spec;
  const role = color ? "service" : "platform";
  return replicas.map(({ container, address }) => ({
    name: container,
    role,
    spec,
    color,
    addresses: { [network]: address },
  }));
}

function onceContainers(plan: StackPlan): ExpectedContainer[] {
  const { stack, database, cache } = plan;
  const networks = networksOf(plan);
  const router = Object.fromEntries(networks.map(({ name, router: address }) => [name, address]));
  const everywhere = (addresses: Readonly<Record<string, string>>) =>
    Object.fromEntries(networks.map(({ name, key }) => [name, addresses[key]!]));
  return [
    { name: `${stack}-router`, role: "router", addresses: router },
    ...(database
      ? ([
          {
            name: database.generations.next.container,
            role: "database",
            addresses: { [plan.platformNetwork.name]: database.generations.next.address },
          },
          { name: database.pooler.container, role: "pooler", addresses: everywhere(database.pooler.addresses) },
          { name: `${stack}-scheduler`, role: "scheduler", addresses: {} },
        ] as const)
      : []),
    ...(cache ? ([{ name: cache.container, role: "cache", addresses: everywhere(cache.addresses) }] as const) : []),
  ];
}

const networksOf = ({ colors: planned, platformNetwork }: StackPlan) => [
  ...colors.map((color) => ({ key: color, ...planned[color].network })),
  { key: "platform" as const, ...platformNetwork },
];

/** The names by which containers find each other. */
function namesOf({ database, cache }: StackPlan, services: readonly ExpectedService[]): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const { name, replicas } of services)
    names[name] = [...(names[name] ?? []), ...replicas.map(({ address }) => address)];
  if (database) names.pooler = Object.values(database.pooler.addresses);
  if (cache) names.cache = Object.values(cache.addresses);
  return names;
}

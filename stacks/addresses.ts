import { type ColorName, colors } from "./schema.ts";

/** Replicas that a service can have: the addresses of one slot. */
export const maxReplicas = 8;

export interface NetworkPlan {
  /** Physical name on the Docker engine. */
  readonly name: string;
  readonly subnet: string;
  readonly gateway: string;
  /** Fixed address of the router in it. */
  readonly router: string;
}

const networkNames = [...colors, "platform"] as const;

/** The stack's networks, each a /24 of its /22. */
export function planNetworks(stack: string, subnet: string): Record<ColorName | "platform", NetworkPlan> {
  const plans = networkNames.map((name, index) => {
    const prefix = slash24(subnet, index);
    return [
      name,
      { name: `${stack}-${name}`, subnet: `${prefix}.0/24`, gateway: `${prefix}.1`, router: `${prefix}.2` },
    ];
  });
  return Object.fromEntries(plans);
}

/** Fixed address of a replica (from 0) of the service with this slot. */
export function replicaAddress(subnet: string, color: ColorName, slot: number, replica: number): string {
  return `${slash24(subnet, colors.indexOf(color))}.${16 + maxReplicas * slot + replica}`;
}

/** Fixed addresses of the pooler: next to the router's in each network. */
export const poolerAddresses = (subnet: string): Record<ColorName | "platform", string> =>
  Object.fromEntries(networkNames.map((name, index) => [name, `${slash24(subnet, index)}.3`])) as Record<
    ColorName | "platform",
    string
  >;

/** Fixed address, in the platform network, of the database of a generation (from 0). */
export const databaseAddress = (subnet: string, generation: number): string =>
  `${slash24(subnet, networkNames.indexOf("platform"))}.${16 + generation}`;

/** Fixed addresses of the cache: next to the pooler's in each network. */
export const cacheAddresses = (subnet: string): Record<ColorName | "platform", string> =>
  Object.fromEntries(networkNames.map((name, index) => [name, `${slash24(subnet, index)}.4`])) as Record<
    ColorName | "platform",
    string
  >;

/** Port inside the router's container of a listener that is published on this host port. */
export const listenerPort = (port: number): number => (port < 1024 || port === 8080 ? 50000 + port : port);

/** Fixed address, in the platform network, of the platform service with this slot. */
export const platformAddress = (subnet: string, slot: number): string =>
  `${slash24(subnet, networkNames.indexOf("platform"))}.${128 + slot}`;

function slash24(subnet: string, index: number): string {
  const [a, b, c] = subnet.split(".").map(Number) as [number, number, number];
  return `${a}.${b}.${c + index}`;
}

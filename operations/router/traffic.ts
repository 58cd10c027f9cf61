import { isDeepStrictEqual } from "node:util";
import { type ColorName, colors, otherColor } from "../../stacks/schema.ts";
import type { Pointer, RouterGoal, TargetService } from "./goal.ts";

/** Colors that get requests while a pointer acts. */
export function receiving({ color, mode, canary }: Pointer): ColorName[] {
  if (mode !== "serve") return [];
  return [...(canary.percent < 100 ? [color] : []), ...(canary.percent > 0 ? [otherColor(color)] : [])];
}

/**
 * Colors that must pass the gate before `to` may act: those that get no requests yet, and a canary always. The color that
 * serves already is not asked, so that a sick one cannot stop the way to the other.
 */
export const gated = (from: Pointer, to: Pointer): ColorName[] => {
  const before = receiving(from);
  return receiving(to).filter(
    (color) => !before.includes(color) || (to.canary.percent > 0 && color === otherColor(to.color)),
  );
};

/** Colors that get no new requests any more once `to` acts. */
export const left = (from: Pointer, to: Pointer): ColorName[] =>
  receiving(from).filter((color) => !receiving(to).includes(color));

/** Whether requests go somewhere else; releases and Retry-After alone move nothing. */
export const moves = (from: Pointer, to: Pointer): boolean =>
  from.color !== to.color || from.mode !== to.mode || !isDeepStrictEqual(from.canary, to.canary);

/**
 * 2: the color that gets the traffic was made anew, in another release, since the router last moved it or was told of it;
 * else 1: traffic alone.
 */
export const levelOf = (from: Pointer, to: Pointer): 1 | 2 =>
  from.color !== to.color && from.releases[to.color] !== to.releases[to.color] ? 2 : 1;

/** "green 1.1.0", "green 1.1.0 with 10 % on blue 1.0.0", "maintenance". */
export function describePointer({ color, mode, canary, releases }: Pointer): string {
  if (mode !== "serve") return mode;
  const name = (side: ColorName) => `${side} ${releases[side] ?? "(absent)"}`;
  return canary.percent === 0 ? name(color) : `${name(color)} with ${canary.percent} % on ${name(otherColor(color))}`;
}

export interface Probe {
  readonly service: string;
  readonly path: string;
  readonly host: string | undefined;
}

/**
 * One request per routed service that every receiving color has: its `ready` path where the router sends that path to
 * it, else its route's own path.
 */
export function confirmProbes(goal: RouterGoal): Probe[] {
  const receivers = receiving(goal.pointer);
  const sides = receivers.length > 0 ? receivers : colors.filter((color) => goal.colors[color].length > 0).slice(0, 1);
  const [first = [], ...others] = sides.map((color) => goal.colors[color].filter((service) => service.route));
  const common = first.filter(({ name }) => others.every((services) => services.some((one) => one.name === name)));
  return common.map((service) => {
    const { path, host } = service.route!;
    const reached = route(first, service.ready, host)?.name === service.name;
    return { service: service.name, path: reached ? service.ready : path, host };
  });
}

function route(services: readonly TargetService[], path: string, host: string | undefined): TargetService | undefined {
  const fits = services.filter((service) => service.route!.host === host && under(path, service.route!.path));
  return fits.sort((a, b) => b.route!.path.length - a.route!.path.length)[0];
}

const under = (path: string, prefix: string) =>
  path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);

/** What load is made. Everything has a bound: a load that nobody stops ends by itself. */
export interface LoadOptions {
  /** Origin of the router, on 127.0.0.1. */
  readonly url: string;
  /** Requests started per second, whether or not earlier ones were answered. */
  readonly requestsPerSecond: number;
  /** WebSockets held open at the same time. */
  readonly webSockets: number;
  /** The load ends by itself after this long. */
  readonly maxSeconds: number;
  /** Every order of this load has an id that begins with it. */
  readonly orders: string;
}

export const defaultLoad = { requestsPerSecond: 220, webSockets: 50, maxSeconds: 900, orders: "load" };

/** Load of level 2: requests pile up while they are held, and one machine makes and takes them all. */
export const level2Load = { requestsPerSecond: 120 };

/** Requests in flight beyond which new ones are not sent, but counted as failed. */
export const maxInFlight = 1500;

/** @throws when the load would go elsewhere than to this machine, or would have no bound */
export function checkOptions(options: LoadOptions): LoadOptions {
  const { hostname, protocol } = new URL(options.url);
  if (hostname !== "127.0.0.1" || protocol !== "http:") {
    throw new Error(`expected the load to go to http://127.0.0.1, got ${options.url}`);
  }
  const bounds: [string, number, number][] = [
    ["requestsPerSecond", options.requestsPerSecond, 2000],
    ["webSockets", options.webSockets, 1000],
    ["maxSeconds", options.maxSeconds, 3600],
  ];
  for (const [name, value, most] of bounds) {
    if (value >= 0 && value <= most) continue;
    throw new Error(`expected ${name} to be from 0 to ${most}, got ${value}`);
  }
  return options;
}

/** Body of the n-th request, when it is an order: other values each time, so that a mix-up shows. */
export const orderOf = ({ orders }: LoadOptions, n: number) => ({
  id: `${orders}-${n}`,
  item: ["tea", "milk", "sugar"][n % 3],
  price: (n % 9973) / 100,
  currency: n % 2 === 0 ? "EUR" : "CHF",
  discount_cents: n % 50,
});

export type Kind = "keep-alive" | "new-connection" | "post" | "slow";

/** One in twenty requests takes 2 s, so that a switch always has requests in flight. */
const mix: readonly Kind[] = [
  ...repeat("keep-alive", 11),
  ...repeat("new-connection", 5),
  ...repeat("post", 3),
  ...repeat("slow", 1),
];

/** The kind of the n-th request: the same mix in the same order in every run. */
export const kindOf = (n: number): Kind => mix[(n * 7) % mix.length]!;

function repeat(kind: Kind, times: number): Kind[] {
  return Array.from({ length: times }, () => kind);
}

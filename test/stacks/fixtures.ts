/** Config of a stack as Pulumi hands it to the program: maps and lists as JSON. */
export const rawConfig = (changes: Readonly<Record<string, unknown>> = {}): Record<string, string> => {
  const values: Record<string, unknown> = {
    activeColor: "green",
    colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } },
    services: { orders: ordersService },
    network: { subnet: "10.240.0.0/22" },
    router: { port: 8099 },
    platform: { set: "platform" },
    ...changes,
  };
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
};

export const ordersService = {
  image: "switchback/orders",
  slot: 0,
  port: 8080,
  route: { path: "/" },
  health: { live: "/live", ready: "/ready" },
};

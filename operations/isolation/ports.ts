/** A port of a container that the host publishes. */
export interface Port {
  readonly internal: number;
  readonly external: number;
  readonly ip: string;
  readonly protocol: string;
}

/** Ports as one text, whatever their order. */
export const describePorts = (ports: readonly Port[]): string =>
  ports
    .map(({ ip, external, internal, protocol }) => `${ip}:${external}:${internal}/${protocol}`)
    .sort()
    .join(" ");

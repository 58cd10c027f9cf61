import type { Props } from "../../provider.ts";

/** The inputs with the host ports that Docker chose, so that a port published without `external` never differs. */
export function withKnownPorts(inputs: Props, state: Props): Props {
  if (!Array.isArray(inputs.ports)) return inputs;
  const known = (state.ports ?? []) as readonly Props[];
  const ports = (inputs.ports as readonly Props[]).map((port) => {
    if (typeof port !== "object" || port.external !== undefined) return port;
    const match = known.find((other) => other.internal === port.internal && other.protocol === port.protocol);
    return match === undefined ? port : ({ ...port, external: match.external! } as Props);
  });
  return { ...inputs, ports };
}

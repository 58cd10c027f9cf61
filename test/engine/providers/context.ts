import type { OperationContext } from "../../../engine/provider.ts";

/** A context that collects the lines a provider shows. */
export function contextOf(urn: string, signal = new AbortController().signal): OperationContext & { lines: string[] } {
  const lines: string[] = [];
  return { urn, signal, lines, log: (_, message) => lines.push(message) };
}

import type { Props, Value } from "../../provider.ts";

/** The docker package's list of `{label, value}` as the map that Docker's API takes. */
export function labelMap(labels: Value | undefined): Record<string, string> {
  const list = (labels ?? []) as readonly Props[];
  return Object.fromEntries(list.map(({ label, value }) => [String(label), String(value)]));
}

export const labelList = (labels: Record<string, string> | null | undefined): Props[] =>
  Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => ({ label, value }));

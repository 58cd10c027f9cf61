/** Anything that was observed and must be the same on both engines. */
export type Outcome = unknown;

export interface Digest {
  readonly steps?: readonly { readonly op: string; readonly urn: string }[];
}

export interface Deployment {
  readonly resources?: readonly Record<string, unknown>[];
}

export interface HistoryEntry {
  readonly kind: string;
  readonly result: string;
  readonly message: string;
  readonly resourceChanges?: object;
}

/** `{name: op}` of a preview's steps, without what stays the same. A replacement is told by its `replace` step. */
export function stepsOf({ steps = [] }: Digest): Record<string, string> {
  const parts = ["same", "create-replacement", "delete-replaced"];
  const entries = steps.filter(({ op, urn }) => !parts.includes(op) && !urn.includes("::pulumi:providers:"));
  return Object.fromEntries(
    entries.map(({ op, urn }) => [nameOf(urn), op] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The resources of an exported stack by name, without what differs from run to run: ids, times, ciphertexts, what Docker chose. */
export function normaliseState(deployment: Deployment, prefix: string): Record<string, Record<string, unknown>> {
  const resources = deployment.resources ?? [];
  const entries = resources.map((resource, i) => {
    const name = nameOf(String(resource.urn));
    const twice = resources.findIndex(({ urn }) => urn === resource.urn) < i;
    return [twice ? `${name} (again)` : name, clean(resource, "", prefix)] as const;
  });
  const result = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<
    string,
    Record<string, unknown>
  >;
  return JSON.parse(JSON.stringify(result)) as Record<string, Record<string, unknown>>;
}

/**
 * Kind, result, message and counted steps of every update that counted any, oldest first as given. An update that was
 * killed leaves no entry on pulumi and a failed one on the embedded engine.
 */
export const normaliseHistory = (entries: readonly HistoryEntry[]): unknown[] =>
  entries
    .filter(({ resourceChanges }) => Object.keys(withoutZeros(resourceChanges ?? {})).length > 0)
    .map(({ kind, result, message, resourceChanges }) => ({
      ...{ kind, result, message },
      changes: withoutZeros(resourceChanges ?? {}),
    }));

/** Fields of the state that are about the moment or the machine, and marks that only one provider can write. */
const volatile = new Set([
  ...["created", "modified", "sourcePosition", "stackTrace", "id", "__meta", "__pulumi_raw_state_delta"],
  "__pulumi-go-provider-version",
  ...["networkDatas", "hostname", "mountpoint", "gateway", "subnet"],
]);

function clean(value: unknown, key: string, prefix: string): unknown {
  if (volatile.has(key) && key !== "") return undefined;
  if (typeof value === "string") return cleanText(value, key, prefix);
  if (Array.isArray(value)) {
    const items = value.map((item) => clean(item, "", prefix));
    if (items.length === 0) return undefined;
    return key === "command" || key === "triggers"
      ? items
      : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value ?? undefined;
  const keys = Object.keys(value).sort();
  const entries = keys.map((name) => [name, clean((value as Record<string, unknown>)[name], name, prefix)] as const);
  const kept = entries.filter(([, item]) => item !== undefined);
  return kept.length === 0 && key !== "" ? undefined : Object.fromEntries(kept);
}

function cleanText(text: string, key: string, prefix: string): string {
  if (key === "ciphertext") return "CIPHERTEXT";
  if (key === "provider") return text.replace(/::[^:]*$/, "::ID");
  return text
    .replaceAll(prefix, "PREFIX")
    .replace(/\b[0-9a-f]{64}\b/g, "ID")
    .replace(/\/tmp\/switchback-parity-\w+/g, "FOLDER");
}

const nameOf = (urn: string): string =>
  urn
    .split("::")
    .slice(3)
    .join("::")
    .replace(/^default_.*/, (name) => `${urn.split(":").at(-3)} ${name}`);

const withoutZeros = (counts: object): object =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));

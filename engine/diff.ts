import { parsePath, pathContains } from "./paths.ts";
import { type DiffKind, type DiffResult, type ResourceProvider, unknown } from "./provider.ts";
import type { Resource } from "./state.ts";
import type { DetailedDiff } from "./steps.ts";
import { plainProps, type Rich, type RichProps } from "./values.ts";

export interface Difference {
  readonly changed: boolean;
  readonly replace: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly detailed: DetailedDiff;
  readonly replaceKeys: readonly string[];
}

const initErrorKey = "#initerror";

/**
 * The provider's diff with `ignoreChanges` and `replaceOnChanges` applied; failed initialisation counts as a change of
 * `#initerror`. A provider also compares with what it has read, so that keeping old inputs does not ignore everything.
 */
export function difference(
  provider: ResourceProvider,
  old: Resource,
  inputs: RichProps,
  { replaceOnChanges, ignoreChanges }: Pick<Resource, "replaceOnChanges" | "ignoreChanges">,
): Difference {
  const result = provider.diff(old.id, plainProps(old.inputs), plainProps(old.outputs), plainProps(inputs));
  const ignored = ignoreChanges.map(parsePath);
  const kept = Object.entries(result.detailed).filter(
    ([key]) => !ignored.some((path) => pathContains(path, parsePath(key))),
  );
  const counted = { ...result, detailed: Object.fromEntries(kept) };
  return withReplaceOnChanges(counted, replaceOnChanges, old.initErrors.length > 0);
}

export function withReplaceOnChanges(
  result: DiffResult,
  replaceOnChanges: readonly string[],
  initErrors: boolean,
): Difference {
  const paths = replaceOnChanges.map(parsePath);
  const asked = (key: string) => paths.some((path) => pathContains(path, parsePath(key)));
  const detailed: Record<string, DiffKind> = {};
  for (const [key, kind] of Object.entries(result.detailed)) detailed[key] = asked(key) ? toReplace(kind) : kind;
  if (initErrors && paths.some((path) => path.length === 1 && (path[0] === initErrorKey || path[0] === "*"))) {
    detailed[initErrorKey] = "update-replace";
  }
  const replaceKeys = topKeys(Object.keys(detailed).filter((key) => detailed[key]!.endsWith("-replace")));
  return {
    changed: Object.keys(detailed).length > 0,
    replace: replaceKeys.length > 0,
    deleteBeforeReplace: result.deleteBeforeReplace,
    detailed,
    replaceKeys,
  };
}

/** The names of the properties that paths begin with, sorted, each once. */
export function topKeys(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => String(parsePath(path)[0] ?? path)))].sort();
}

/** The inputs of an old resource as they would be after the resources in `replaced` got new outputs, or undefined when none matters. */
export function inputsAfter(resource: Resource, replaced: ReadonlySet<string>): RichProps | undefined {
  const inputs: Record<string, Rich> = { ...resource.inputs };
  let affected = false;
  for (const key of Object.keys(inputs)) {
    if (!(resource.propertyDependencies[key] ?? []).some((urn) => replaced.has(urn))) continue;
    inputs[key] = unknown;
    affected = true;
  }
  return affected ? inputs : undefined;
}

function toReplace(kind: DiffKind): DiffKind {
  return kind.endsWith("-replace") ? kind : (`${kind}-replace` as DiffKind);
}

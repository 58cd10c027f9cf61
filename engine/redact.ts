import type { Resource } from "./state.ts";
import type { EngineEvent } from "./steps.ts";
import { isList, isMap, type Rich, Secret } from "./values.ts";

/** Shorter texts are not hidden: they would take harmless parts of every line with them, and they are no secrets. */
const shortest = 3;

/**
 * Hides known secrets in what commands and the program print: each secret's text, and each line of one that has several, becomes
 * `[secret]`. Secrets are learned from `values` and from the resources of the steps that pass.
 */
export function redacting(emit: (event: EngineEvent) => void, values: readonly string[]): (event: EngineEvent) => void {
  const known = new Set<string>();
  const learn = (text: string) => {
    for (const part of [text, ...text.split(/\r?\n/)]) if (part.trim().length >= shortest) known.add(part.trim());
  };
  for (const value of values) learn(value);
  return (event) => {
    if (event.kind === "start") for (const text of secretsOf(event.step.old, event.step.next)) learn(text);
    emit(event.kind === "log" ? { ...event, message: redact(event.message, known) } : event);
  };
}

export function redact(text: string, secrets: Iterable<string>): string {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((result, secret) => result.replaceAll(secret, "[secret]"), text);
}

function secretsOf(...resources: readonly (Resource | undefined)[]): string[] {
  return resources.flatMap((resource) =>
    resource === undefined ? [] : [...texts(resource.inputs, false), ...texts(resource.outputs, false)],
  );
}

function texts(value: Rich, inside: boolean): string[] {
  if (value instanceof Secret) return texts(value.value, true);
  if (isList(value)) return value.flatMap((item) => texts(item, inside));
  if (isMap(value)) return Object.values(value).flatMap((item) => texts(item, inside));
  return inside && (typeof value === "string" || typeof value === "number") ? [String(value)] : [];
}

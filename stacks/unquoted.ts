import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/**
 * The input with numbers and booleans out of the quotes in which a text was found instead: Pulumi's CLI keeps the quotes
 * of what `config set --path` replaces, so that nobody could correct such a value with it.
 */
export function unquoted(input: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredClone(input);
  for (const issue of issues) {
    if (issue.code !== "invalid_type") continue;
    const last = issue.path.at(-1)!;
    const holder = issue.path.slice(0, -1).reduce((value, key) => value?.[key] as Holder, copy as Holder);
    const value = meant(holder?.[last], issue.expected);
    if (holder && value !== undefined) holder[last] = value;
  }
  return copy;
}

type Holder = Record<PropertyKey, unknown> | undefined;

function meant(value: unknown, expected: string): number | boolean | undefined {
  if (typeof value !== "string") return undefined;
  if (expected === "boolean" && /^(true|false)$/.test(value)) return value === "true";
  const isNumber = ["number", "int"].includes(expected) && /^-?\d+(\.\d+)?$/.test(value);
  return isNumber ? Number(value) : undefined;
}

import type { Props, Value } from "../provider.ts";
import { unknown } from "../provider.ts";
import { isProps } from "./check.ts";
import type { Field, Fields } from "./field.ts";

/**
 * A value reduced to what matters when two are compared: empty values are `undefined` (the docker provider does not tell
 * them from absent ones), defaults are filled in, sets are sorted, provider marks such as `__defaults` are dropped.
 */
export function canonical(field: Field, value: Value | undefined): Value | undefined {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item: Value) => canonicalItem(field, item)).filter((item) => item !== undefined);
    if (items.length === 0) return undefined;
    return field.kind === "set" ? items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) : items;
  }
  if (!isProps(value)) return value;
  const props = field.kind === "map" ? value : canonicalProps(field.fields!, value);
  return Object.keys(props).length === 0 ? undefined : props;
}

/** Whether two values of a property are the same to the provider. */
export const same = (field: Field, a: Value | undefined, b: Value | undefined): boolean =>
  keyOf(canonical(field, a)) === keyOf(canonical(field, b));

/** Text that is equal for equal canonical values. */
export function keyOf(value: Value | undefined): string {
  if (value === undefined) return "";
  return JSON.stringify(value, (_, part: unknown) => {
    if (part === unknown) return "\u0000unknown";
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function canonicalItem(field: Field, item: Value): Value | undefined {
  if (field.fields === undefined || !isProps(item)) return item === null ? undefined : item;
  return canonicalProps(field.fields, item);
}

function canonicalProps(fields: Fields, props: Props): Props {
  const result: Record<string, Value> = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = canonical(field, props[key] ?? field.default);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

import type { Props, Value } from "../provider.ts";
import { canonical, same } from "./canonical.ts";
import { isProps } from "./check.ts";
import type { Field, Fields } from "./field.ts";

/**
 * The state of a resource that was made from `inputs` and then read: every property the real provider writes, with its
 * default where nothing was given. Leave one out and the real provider previews a replacement after a hand-over.
 */
export function stateOf(fields: Fields, inputs: Props, read: Props): Props {
  const planned = expandProps(fields, inputs);
  const kept = Object.fromEntries(
    Object.entries(read).filter(([key]) => !(fields[key]?.kind === "set" && key in inputs)),
  );
  return refreshed(fields, planned, kept);
}

/** The state with what was read, keeping the old form of a value that means the same. */
export function refreshed(fields: Fields, state: Props, read: Props): Props {
  const result: Record<string, Value> = {};
  for (const [key, field] of Object.entries(fields)) {
    const before = state[key] ?? field.empty;
    const now = key in read ? read[key]! : before;
    result[key] = same(field, before, now) ? before : now;
  }
  return result;
}

/** The state after an update in place to `inputs`: what was left out goes back to its default, unless Docker computes it. */
export function planned(fields: Fields, state: Props, inputs: Props): Props {
  const result: Record<string, Value> = {};
  const expanded = expandProps(fields, inputs);
  for (const [key, field] of Object.entries(fields)) {
    const before = key in state ? state[key]! : field.empty;
    const keeps = field.output || (!(key in inputs) && field.computed) || same(field, before, expanded[key]);
    result[key] = keeps ? before : expanded[key]!;
  }
  return result;
}

/** The inputs that would give this state: an input changes only where the state no longer means the same. */
export function inputsOf(fields: Fields, inputs: Props, state: Props): Props {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(inputs)) {
    const field = fields[key];
    result[key] =
      field === undefined || same(field, value, state[key]) ? value : project(field, state[key] ?? field.empty);
  }
  return result;
}

function expandProps(fields: Fields, props: Props): Props {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, expand(field, props[key])]));
}

function expand(field: Field, value: Value | undefined): Value {
  if (value === undefined || value === null) return field.default ?? field.empty;
  if (field.fields === undefined) return value;
  if (Array.isArray(value))
    return value.map((item: Value) => (isProps(item) ? expandProps(field.fields!, item) : item));
  return isProps(value) ? expandProps(field.fields, value) : value;
}

function project(field: Field, value: Value): Value {
  const clean = (item: Value): Value => {
    if (!isProps(item) || field.fields === undefined) return item;
    const props = Object.entries(item).filter(
      ([key, part]) => canonical(field.fields![key] ?? field, part) !== undefined,
    );
    const defaults = props.filter(([key, part]) => field.fields![key]?.default === part).map(([key]) => key);
    return { ...Object.fromEntries(props), __defaults: defaults.sort() };
  };
  return Array.isArray(value) ? value.map(clean) : clean(value);
}

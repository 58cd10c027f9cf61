import type { DiffKind, Props, Value } from "../provider.ts";
import { canonical, keyOf } from "./canonical.ts";
import { isProps } from "./check.ts";
import type { Field, Fields } from "./field.ts";

type Change = "add" | "delete" | "update";

/** What differs between the state and the new inputs, by path; a path's kind says whether the resource must be replaced. */
export function diffFields(fields: Fields, oldOutputs: Props, newInputs: Props): Record<string, DiffKind> {
  const detailed: Record<string, DiffKind> = {};
  for (const [key, field] of Object.entries(fields)) {
    if (field.output || field.refused) continue;
    if (!(key in newInputs) && field.computed) continue;
    const before = canonical(field, oldOutputs[key]);
    const after = canonical(field, newInputs[key] ?? field.default);
    const keeps = field.emptyKeeps || (field.computed && !isText(field));
    if (keyOf(before) === keyOf(after) || (after === undefined && keeps)) continue;
    const found = isText(field)
      ? [[key, textChange(oldOutputs[key], key in newInputs)] as const]
      : changes(key, field, before, after);
    for (const [path, change] of found) {
      detailed[path] = field.replace ? `${change}-replace` : change;
    }
  }
  return detailed;
}

const isText = (field: Field): boolean => ["string", "int", "bool"].includes(field.kind);

/** An empty text, 0 or false in the state is a value like any other; only null is nothing. */
function textChange(before: Value | undefined, given: boolean): Change {
  if (!given) return "delete";
  return before === undefined || before === null ? "add" : "update";
}

function changes(path: string, field: Field, before: Value | undefined, after: Value | undefined): [string, Change][] {
  if (keyOf(before) === keyOf(after)) return [];
  if (field.default !== undefined) return [[path, "update"]];
  if (before === undefined) return [[path, "add"]];
  if (after === undefined) return [[path, "delete"]];
  if (Array.isArray(before) && Array.isArray(after)) return itemChanges(path, field, before, after);
  if (isProps(before) && isProps(after)) return keyChanges(path, field.fields, before, after);
  return [[path, "update"]];
}

function keyChanges(path: string, fields: Fields | undefined, before: Props, after: Props): [string, Change][] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const text: Field = { kind: "string", empty: "" };
  return [...keys].flatMap((key) => changes(`${path}${step(key)}`, fields?.[key] ?? text, before[key], after[key]));
}

/** Items of a set are paired when equal, so that a change of order is none; the rest is compared in order. */
function itemChanges(
  path: string,
  field: Field,
  before: readonly Value[],
  after: readonly Value[],
): [string, Change][] {
  const shared = new Set(
    field.kind === "set" ? before.map(keyOf).filter((key) => after.some((item) => keyOf(item) === key)) : [],
  );
  const old = before.filter((item) => !shared.has(keyOf(item)));
  const fresh = after.filter((item) => !shared.has(keyOf(item)));
  const element: Field = {
    kind: field.fields === undefined ? "string" : "object",
    fields: field.fields ?? {},
    empty: null,
  };
  return Array.from({ length: Math.max(old.length, fresh.length) }, (_, i) => {
    const from = i < fresh.length ? after : before;
    const item = i < fresh.length ? fresh[i] : old[i];
    const index = field.kind === "set" ? from.indexOf(item!) : i;
    return changes(`${path}[${index}]`, element, old[i], fresh[i]);
  }).flat();
}

const step = (key: string): string => (/^[A-Za-z_][\w]*$/.test(key) ? `.${key}` : `["${key}"]`);

import type { Value } from "../provider.ts";

/** What a provider knows about one property; check, diff and state are all derived from a table of these. */
export interface Field {
  readonly kind: "string" | "int" | "bool" | "list" | "set" | "map" | "object";
  /** Properties of an object, or of each item of a list or set; without them the items are strings. */
  readonly fields?: Fields;
  readonly required?: true;
  /** A change replaces the resource. */
  readonly replace?: true;
  /** Docker fills it in; left out of the inputs it never differs. */
  readonly computed?: true;
  /** Filled in by check when left out. */
  readonly default?: Value;
  /** What the state says when nothing was given or read back. */
  readonly empty: Value;
  /** Exists in the real provider, but is not supported here. */
  readonly refused?: true;
  /** Only ever an output. */
  readonly output?: true;
  readonly pattern?: RegExp;
  /** An empty new value means "leave it as it is". */
  readonly emptyKeeps?: true;
}
export type Fields = Readonly<Record<string, Field>>;
type Options = Partial<Omit<Field, "kind">>;

export const text = (options: Options = {}): Field => ({ kind: "string", empty: "", ...options });
export const int = (options: Options = {}): Field => ({ kind: "int", empty: 0, ...options });
export const bool = (options: Options = {}): Field => ({ kind: "bool", empty: false, ...options });
export const list = (options: Options = {}): Field => ({ kind: "list", empty: [], ...options });
export const set = (options: Options = {}): Field => ({ kind: "set", empty: [], ...options });
export const map = (options: Options = {}): Field => ({ kind: "map", empty: null, ...options });
export const object = (options: Options = {}): Field => ({ kind: "object", empty: null, ...options });

/** Docker labels, as every type of the docker package has them. */
export const labels = (options: Options = {}): Field =>
  set({ replace: true, fields: { label: text({ required: true }), value: text({ required: true }) }, ...options });

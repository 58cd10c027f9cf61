import { unknown } from "./provider.ts";
import { isList, isMap, type Rich, type RichProps, Secret, signature } from "./values.ts";

/** A value of the protocol (the plain form of a protobuf Struct) as the engine keeps it. Assets are refused by name. */
export function fromWire(value: unknown): Rich {
  if (value === signature.unknown) return unknown;
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value === "object" && value !== null) return mapFromWire(value as Record<string, unknown>);
  return (value ?? null) as Rich;
}

export const propsFromWire = (value: unknown): RichProps => fromWire(value ?? {}) as RichProps;

/** The reverse of {@link fromWire}: secrets and unknowns are signed. */
export function toWire(value: Rich): unknown {
  if (value === unknown) return signature.unknown;
  if (value instanceof Secret) return { [signature.key]: signature.secret, value: toWire(value.value) };
  if (isList(value)) return value.map(toWire);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]));
  return value;
}

function mapFromWire(value: Record<string, unknown>): Rich {
  switch (value[signature.key]) {
    case signature.secret:
      return new Secret(fromWire(value.value));
    case signature.output: {
      const known = Object.hasOwn(value, "value") ? fromWire(value.value) : unknown;
      return value.secret === true ? new Secret(known) : known;
    }
    case signature.asset:
    case signature.archive:
      throw new Error("the embedded engine does not support assets and archives: pass the content as a string");
    default:
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromWire(item)]));
  }
}

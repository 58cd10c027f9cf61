import { type Props, unknown, type Value } from "./provider.ts";

/** A value that must be encrypted in the state and never shown. */
export class Secret {
  readonly value: Rich;

  constructor(value: Rich) {
    this.value = value instanceof Secret ? value.value : value;
  }
}

/** Property values inside the engine: {@link Value} with secrets marked where they are. Resource references stay signed objects. */
export type Rich = null | boolean | number | string | typeof unknown | Secret | readonly Rich[] | RichProps;
export interface RichProps {
  readonly [key: string]: Rich;
}

/** The signatures by which the wire and the state mark special values; the same constants in every Pulumi SDK. */
export const signature = {
  key: "4dabf18193072939515e22adb298388d",
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  unknown: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
} as const;

export const isList = (value: Rich): value is readonly Rich[] => Array.isArray(value);

export function isMap(value: Rich | undefined): value is RichProps {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** Applies `change` to every direct child of a list or map, in a copy. */
export function mapChildren(value: readonly Rich[] | RichProps, change: (child: Rich) => Rich): Rich {
  if (isList(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child)]));
}

/** The value without secret marks, as providers take it; a resource reference becomes the resource's id (a component's its URN). */
export function plain(value: Rich): Value {
  if (value instanceof Secret) return plain(value.value);
  if (isMap(value) && value[signature.key] === signature.resource) return plain(value.id || value.urn || null);
  if (isList(value) || isMap(value)) return mapChildren(value, plain) as Value;
  return value;
}

export const plainProps = (props: RichProps): Props => plain(props) as Props;

/** Marks parts of a provider's answer secret where the same path of `like` is. */
export function markSecrets(value: Rich, like: Rich | undefined): Rich {
  if (like instanceof Secret) return new Secret(value);
  if (isList(value) && like !== undefined && isList(like)) return value.map((item, i) => markSecrets(item, like[i]));
  if (isMap(value) && isMap(like)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, markSecrets(item, own(like, key))]));
  }
  return value;
}

/** Properties that hold a secret anywhere, marked secret as a whole. */
export const wholeSecrets = (props: RichProps): RichProps =>
  mapChildren(props, (value) => (hasSecret(value) ? new Secret(plain(value)) : value)) as RichProps;

export function own(props: RichProps, key: string): Rich | undefined {
  return Object.hasOwn(props, key) ? props[key] : undefined;
}

export function contains(value: Rich, wanted: (value: Rich) => boolean): boolean {
  if (wanted(value)) return true;
  if (value instanceof Secret) return contains(value.value, wanted);
  if (isList(value)) return value.some((item) => contains(item, wanted));
  return isMap(value) && Object.values(value).some((item) => contains(item, wanted));
}

export const hasUnknown = (value: Rich): boolean => contains(value, (item) => item === unknown);
export const hasSecret = (value: Rich): boolean => contains(value, (item) => item instanceof Secret);

/** Deep equality, secret marks included; the order of keys does not matter. */
export function equal(a: Rich | undefined, b: Rich | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && equal(a.value, b.value);
  }
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => equal(a[key], own(b, key)));
}

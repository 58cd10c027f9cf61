import type { Crypter } from "./crypto.ts";
import { unknown } from "./provider.ts";
import { isList, isMap, type Rich, type RichProps, Secret, signature } from "./values.ts";

/** One resource as the state keeps it. Absent texts are "", absent lists empty. */
export interface Resource {
  urn: string;
  type: string;
  custom: boolean;
  id: string;
  inputs: RichProps;
  outputs: RichProps;
  parent: string;
  provider: string;
  dependencies: readonly string[];
  propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** The old half of a replacement, to be deleted at the end. */
  delete: boolean;
  /** Deleted before its replacement was made. */
  pendingReplacement: boolean;
  protect: boolean;
  retainOnDelete: boolean;
  external: boolean;
  deletedWith: string;
  initErrors: readonly string[];
  additionalSecretOutputs: readonly string[];
  aliases: readonly string[];
  ignoreChanges: readonly string[];
  replaceOnChanges: readonly string[];
  replacementTrigger?: Rich;
  /** Seconds by operation. */
  customTimeouts: Readonly<Record<string, number>>;
  /** Hook names by kind, such as `BeforeCreate`. */
  resourceHooks: Readonly<Record<string, readonly string[]>>;
  created: string;
  modified: string;
  /** What another engine wrote and this one only carries along. */
  other: Readonly<Record<string, unknown>>;
}

type Stored = Record<string, unknown>;

const texts = ["id", "parent", "provider", "deletedWith", "created", "modified"] as const;
const flags = ["delete", "pendingReplacement", "protect", "retainOnDelete", "external"] as const;
const lists = [
  "dependencies",
  "initErrors",
  "additionalSecretOutputs",
  "aliases",
  "ignoreChanges",
  "replaceOnChanges",
] as const;
const maps = ["propertyDependencies", "customTimeouts", "resourceHooks"] as const;
const properties = ["inputs", "outputs"] as const;
const known = new Set<string>([
  "urn",
  "type",
  "custom",
  "replacementTrigger",
  ...texts,
  ...flags,
  ...lists,
  ...maps,
  ...properties,
]);

/** The resource in the checkpoint's form, empty fields left out, secrets encrypted. */
export function storeResource(resource: Resource, crypter: () => Crypter): Stored {
  const stored: Stored = { urn: resource.urn, custom: resource.custom, type: resource.type };
  for (const key of properties) if (Object.keys(resource[key]).length > 0) stored[key] = seal(resource[key], crypter);
  for (const key of texts) if (resource[key] !== "") stored[key] = resource[key];
  for (const key of flags) if (resource[key]) stored[key] = true;
  for (const key of lists) if (resource[key].length > 0) stored[key] = resource[key];
  for (const key of maps) if (Object.keys(resource[key]).length > 0) stored[key] = resource[key];
  if (resource.replacementTrigger !== undefined) stored.replacementTrigger = seal(resource.replacementTrigger, crypter);
  return { ...stored, ...resource.other };
}

export function loadResource(stored: Stored, crypter: () => Crypter): Resource {
  const resource = emptyResource(String(stored.urn), String(stored.type), stored.custom === true) as unknown as Stored;
  for (const key of properties) resource[key] = open(stored[key] ?? {}, crypter);
  for (const key of [...texts, ...flags, ...lists, ...maps]) if (stored[key] != null) resource[key] = stored[key];
  if (stored.replacementTrigger != null) resource.replacementTrigger = open(stored.replacementTrigger, crypter);
  resource.other = Object.fromEntries(Object.entries(stored).filter(([key]) => !known.has(key)));
  return resource as unknown as Resource;
}

export function emptyResource(urn: string, type: string, custom: boolean): Resource {
  const fields = [
    ...texts.map((key) => [key, ""]),
    ...flags.map((key) => [key, false]),
    ...lists.map((key) => [key, []]),
    ...[...maps, ...properties].map((key) => [key, {}]),
  ];
  return { urn, type, custom, other: {}, ...Object.fromEntries(fields) } as Resource;
}

/** Ciphertexts by secret, so that an unchanged secret keeps its text from save to save. */
const ciphertexts = new WeakMap<Secret, string>();

/** A value in the checkpoint's form; map keys are sorted, so that equal states are equal texts. */
export function seal(value: Rich, crypter: () => Crypter): unknown {
  if (value === unknown) return signature.unknown;
  if (value instanceof Secret) {
    const text = ciphertexts.get(value) ?? crypter().encrypt(JSON.stringify(reveal(value.value)));
    ciphertexts.set(value, text);
    return { [signature.key]: signature.secret, ciphertext: text };
  }
  return descend(value, (item) => seal(item, crypter));
}

function open(value: unknown, crypter: () => Crypter): Rich {
  if (Array.isArray(value)) return value.map((item) => open(item, crypter));
  if (typeof value !== "object" || value === null) return value === signature.unknown ? unknown : (value as Rich);
  const map = value as Stored;
  if (map[signature.key] !== signature.secret) {
    return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, open(item, crypter)]));
  }
  const plaintext = typeof map.plaintext === "string" ? map.plaintext : crypter().decrypt(String(map.ciphertext));
  const secret = new Secret(open(JSON.parse(plaintext), crypter));
  if (typeof map.ciphertext === "string") ciphertexts.set(secret, map.ciphertext);
  return secret;
}

/** Plain JSON with the secrets in clear: `--show-secrets`, and what is encrypted. */
export function reveal(value: Rich): unknown {
  return value instanceof Secret ? reveal(value.value) : descend(value, reveal);
}

/** JSON with `[secret]` where a secret is. */
export function mask(value: Rich): unknown {
  return value instanceof Secret ? "[secret]" : descend(value, mask);
}

function descend(value: Rich, change: (item: Rich) => unknown): unknown {
  if (value === unknown) return signature.unknown;
  if (isList(value)) return value.map(change);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, change(value[key]!)]),
  );
}

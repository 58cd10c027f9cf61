import type { Crypter } from "./crypto.ts";
import { type PathPart, parsePath } from "./paths.ts";

/** A config value as a stack's file holds it: YAML, with `{secure: <ciphertext>}` for each secret, at any depth. */
export type ConfigValue = unknown;

export const isSecure = (value: ConfigValue): value is { secure: string } =>
  isObject(value) && Object.keys(value).length === 1 && typeof value.secure === "string";

export function hasSecure(value: ConfigValue): boolean {
  if (isSecure(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecure);
  return isObject(value) && Object.values(value).some(hasSecure);
}

/** The value with each secret replaced by `show` of its ciphertext. */
export function showSecrets(value: ConfigValue, show: (ciphertext: string) => string): ConfigValue {
  if (isSecure(value)) return show(value.secure);
  if (Array.isArray(value)) return value.map((item) => showSecrets(item, show));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, showSecrets(item, show)]));
}

/** As a program's Config gets it, and as `config get` prints it: scalars as text, the rest as JSON with sorted keys. */
export function configText(value: ConfigValue): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(sortKeys(value)) : String(value);
}

export const decrypted = (value: ConfigValue, crypter: () => Crypter): ConfigValue =>
  showSecrets(value, (text) => crypter().decrypt(text));

/** The parts of `--path` keys: the first names the config key, the rest lead into its value. */
export function configPath(key: string): { key: string; path: readonly PathPart[] } {
  const [first, ...path] = parsePath(key);
  if (typeof first !== "string" || first === "*")
    throw new Error(`config path ${JSON.stringify(key)}: expected a key first`);
  return { key: first, path };
}

export function getAt(value: ConfigValue, path: readonly PathPart[]): ConfigValue {
  let at = value;
  for (const part of path) {
    const inside = typeof part === "number" ? Array.isArray(at) : isObject(at) && Object.hasOwn(at, part);
    if (!inside) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

/** What `config set --path` makes of the text for a place inside a value: booleans and whole numbers are recognised, as the CLI does. */
export function pathValue(text: string): ConfigValue {
  if (text === "true" || text === "false") return text === "true";
  const whole = /^-?(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text));
  return whole ? Number(text) : text;
}

function sortKeys(value: ConfigValue): ConfigValue {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}

function isObject(value: ConfigValue): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

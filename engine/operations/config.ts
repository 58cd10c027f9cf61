import { configText, decrypted, hasSecure, showSecrets } from "../config-value.ts";
import { shownKey } from "../project.ts";
import { type Io, type OpenStack, openFiles, type StackRef } from "./open.ts";
import { withDefaults } from "./program-config.ts";
import { table } from "./stack.ts";

/** Sets a key, encrypted with `secret`. With `path` the key leads into a map or a list: `colors.blue.imageTag`, `list[0]`. */
export function setConfig(
  ref: StackRef,
  key: string,
  value: string,
  options: { path: boolean; secret: boolean },
  io: Io,
): void {
  const { settings, secrets } = openFiles(ref, io.env);
  const wanted = options.secret ? { secure: secrets.crypter().encrypt(value) } : value;
  settings.set(key, wanted, options.path);
}

/** Prints a value, secrets in clear: who asks for one key wants it. */
export function getConfig(ref: StackRef, key: string, options: { path: boolean; json: boolean }, io: Io): void {
  const stack = openFiles(ref, io.env);
  const value = stack.settings.get(key, options.path);
  if (value === undefined) throw new Error(`configuration key '${key}' not found for stack '${stack.name}'`);
  const text = configText(decrypted(value, stack.secrets.crypter));
  io.out(options.json ? JSON.stringify({ value: text, secret: hasSecure(value) }, null, 2) : text);
}

export function removeConfig(ref: StackRef, key: string, options: { path: boolean }, io: Io): void {
  const { settings } = openFiles(ref, io.env);
  // Like pulumi, removing what is not there is no failure: the config is as it was asked to be.
  settings.remove(key, options.path);
}

/** Lists all values with the project's defaults, secrets as `[secret]` unless asked for. */
export function listConfig(ref: StackRef, options: { json: boolean; showSecrets: boolean }, io: Io): void {
  const stack = openFiles(ref, io.env);
  const entries = allValues(stack);
  const show = (value: unknown) =>
    options.showSecrets ? decrypted(value, stack.secrets.crypter) : showSecrets(value, () => "[secret]");
  if (options.json) {
    const rows = entries.map(([key, value]) => [key, jsonEntry(show(value), hasSecure(value), options.showSecrets)]);
    io.out(JSON.stringify(Object.fromEntries(rows), null, 2));
    return;
  }
  const rows = entries.map(([key, value]) => [shownKey(key, stack.project.name), configText(show(value))]);
  for (const line of table([["KEY", "VALUE"], ...rows])) io.out(line);
}

function allValues({ settings, project, name }: OpenStack): [string, unknown][] {
  const optional = new Map([...project.declared].filter(([, { required }]) => !required));
  return [...withDefaults(settings.values(), optional, name)].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A value in the form of `pulumi config --json`; a secret without its value unless it was asked for. */
export function jsonEntry(value: unknown, secret: boolean, showSecret: boolean): Record<string, unknown> {
  if (secret && !showSecret) return { secret: true };
  const object = typeof value === "object" && value !== null ? { objectValue: value } : {};
  return { value: configText(value), ...object, secret };
}

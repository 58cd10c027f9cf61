import type { Described, Options } from "./programs/lab/described.ts";

/** A command that writes `create <name> <version>` and so on to the effects. */
export function step(
  name: string,
  version = "1",
  options: Options = {},
  more: Record<string, unknown> = {},
): Described {
  const effect = (verb: string) => `echo ${verb} ${name} ${version} >> "$PARITY_LOG"`;
  const args = { create: effect("create"), update: effect("update"), delete: effect("delete"), ...more };
  return { kind: "command", name, args, options };
}

/** Like {@link step}, but fails until a file named after it exists in the project folder. */
export function fragile(name: string, version = "1", options: Options = {}): Described {
  const text = (verb: string) =>
    `echo try ${verb} ${name} ${version} >> "$PARITY_LOG"; test -e "$PARITY_FOLDER/${name}-works"`;
  return { kind: "command", name, args: { create: text("create"), update: text("update") }, options };
}

/** Like {@link step}, but `create` and `update` wait for the lab's gate after their effect, 20 seconds at most. */
export function blocking(name: string, version = "1", options: Options = {}): Described {
  const wait = 'for i in $(seq 200); do test -e "$PARITY_FOLDER/gate" && break; sleep 0.1; done';
  const text = (verb: string) => `echo ${verb} ${name} ${version} >> "$PARITY_LOG"; ${wait}`;
  return { kind: "command", name, args: { create: text("create"), update: text("update") }, options };
}

/** A container that sleeps. PREFIX stands for the lab's own prefix. */
export function box(name: string, args: Record<string, unknown> = {}, options: Options = {}): Described {
  const base = { name: `PREFIX-${name}`, image: "debian:trixie-slim", command: ["sleep", "infinity"], labels };
  return { kind: "container", name, args: { ...base, ...args }, options };
}

export const network = (name: string, args: Record<string, unknown> = {}, options: Options = {}): Described => ({
  kind: "network",
  name,
  args: { name: `PREFIX-${name}`, labels, ...args },
  options,
});

export const volume = (name: string, options: Options = {}): Described => ({
  kind: "volume",
  name,
  args: { name: `PREFIX-${name}`, labels },
  options,
});

const labels = [
  { label: "switchback.test", value: "parity" },
  { label: "switchback.parity", value: "PREFIX" },
];

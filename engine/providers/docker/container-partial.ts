import type { DiffKind, Props } from "../../provider.ts";
import { stateOf } from "../state.ts";
import { containerFields as fields } from "./container-fields.ts";

/** Properties that the real provider gives a value before it has read the container. */
const known = new Set(["attach", "logs", "memoryReservation", "readOnly", "rm", "stdinOpen", "tty", "wait"]);

/** The state of a container whose creation did not get as far as a read: what was not given is null. */
export function partialState(inputs: Props): Props {
  const entries = Object.entries(stateOf(fields, inputs, {}));
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const listed = fields[key]?.kind === "set" || key === "ports";
      return [key, key in inputs || known.has(key) || listed ? value : (fields[key]?.default ?? null)];
    }),
  );
}

/** The real provider plans a list that was never read as unknown, and so replaces most containers that did not start. */
export function neverRead(state: Props, inputs: Props): Record<string, DiffKind> {
  if (state.networkDatas !== null) return {};
  const lists = ["command", "entrypoints"].filter((key) => state[key] === null && !(key in inputs));
  return { ...Object.fromEntries(lists.map((key) => [key, "add-replace"])), networkDatas: "add" };
}

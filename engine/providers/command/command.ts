import { randomBytes } from "node:crypto";
import type { DiffKind, OperationContext, Props, ResourceProvider, Value } from "../../provider.ts";
import { urnName } from "../../urn.ts";
import { keyOf } from "../canonical.ts";
import { isProps } from "../check.ts";
import { checkCommand } from "./check.ts";
import { commandFields } from "./fields.ts";
import { type Output, run } from "./run.ts";

/**
 * command:local:Command: `create` at creation, `update` (else `create` again) whenever an input changes, `delete` from the
 * state at deletion. It cannot be read: what a command did is known only by running it. A failure saves nothing.
 */
export const command: ResourceProvider = {
  package: "command",
  type: "command:local:Command",
  updateKeepsOutputs: false,
  check: (_, inputs) => checkCommand(inputs),
  diff: (_, oldInputs, __, inputs) => ({ detailed: differences(oldInputs, inputs), deleteBeforeReplace: false }),

  async create(inputs, context) {
    const id = `${urnName(context.urn)}${randomBytes(4).toString("hex")}`;
    return { id, outputs: await outputsOf(inputs.create, inputs, undefined, context) };
  },

  update: (_, __, oldOutputs, inputs, context) =>
    outputsOf(inputs.update ?? inputs.create, inputs, printed(oldOutputs), context),

  read: async (_, inputs, outputs) => ({ inputs, outputs }),

  async delete(_, __, outputs, context) {
    if (typeof outputs.delete === "string") await run(outputs.delete, outputs, printed(outputs), context);
  },
};

async function outputsOf(
  text: Value | undefined,
  inputs: Props,
  previous: Output | undefined,
  context: OperationContext,
): Promise<Props> {
  const nothing = previous ?? { stdout: "", stderr: "" };
  const output = typeof text === "string" ? await run(text, inputs, previous, context) : nothing;
  return { ...inputs, ...output };
}

const printed = ({ stdout, stderr }: Props): Output => ({ stdout: String(stdout ?? ""), stderr: String(stderr ?? "") });

/** Any changed input is an update; only `triggers` coming or going replaces. The SDK adds replacement for changed elements. */
function differences(before: Props, after: Props): Record<string, DiffKind> {
  const detailed: Record<string, DiffKind> = {};
  for (const key of Object.keys(commandFields)) {
    for (const [path, change] of changes(key, before[key], after[key])) {
      detailed[path] = path === "triggers" ? `${change}-replace` : change;
    }
  }
  return detailed;
}

function changes(
  path: string,
  before: Value | undefined,
  after: Value | undefined,
): [string, "add" | "delete" | "update"][] {
  if (keyOf(before) === keyOf(after) && (before === undefined) === (after === undefined)) return [];
  if (before === undefined) return [[path, "add"]];
  if (after === undefined) return [[path, "delete"]];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) => changes(`${path}[${i}]`, before[i], after[i])).flat();
  }
  if (!isProps(before) || !isProps(after)) return [[path, "update"]];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    changes(/^\w+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`, before[key], after[key]),
  );
}

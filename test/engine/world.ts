import type { DiffKind, OperationContext, Props, ResourceProvider, Value } from "../../engine/provider.ts";
import { InitError, unknown } from "../../engine/provider.ts";
import { urnName } from "../../engine/urn.ts";

type Operation = "create" | "update" | "delete" | "read";

/** What really exists, in memory, behind the type tokens of the docker and command packages, with the failures that a test asks for. */
export class World {
  readonly things = new Map<string, { name: string; inputs: Props }>();
  /** Every call that has an effect, in order: `create web`. */
  readonly calls: string[] = [];
  /** Errors by `<operation> <name>`; an {@link InitError} leaves the resource behind. */
  readonly failures = new Map<string, Error | "init">();
  /** Things that must happen before an operation goes on, by `<operation> <name>`. */
  readonly gates = new Map<string, () => Promise<unknown>>();
  private next = 1;

  providers(): ResourceProvider[] {
    return [
      this.provider("docker", "docker:index/network:Network", { forceNew: ["name"], deleteBeforeReplace: true }),
      this.provider("docker", "docker:index/container:Container", {
        forceNew: ["name", "image", "envs", "networkMode"],
        deleteBeforeReplace: true,
      }),
      this.provider("command", "command:local:Command", { forceNew: ["triggers"], deleteBeforeReplace: false }),
    ];
  }

  private provider(
    pkg: string,
    type: string,
    rules: { forceNew: readonly string[]; deleteBeforeReplace: boolean },
  ): ResourceProvider {
    return {
      package: pkg,
      type,
      updateKeepsOutputs: pkg !== "command",
      check: (_, inputs) => ({
        inputs: type.endsWith("Network")
          ? { ...inputs, ipamDriver: inputs.ipamDriver ?? "default", __defaults: ["ipamDriver"] }
          : inputs,
        failures: inputs.name === "bad" ? [{ property: "name", reason: "must not be bad" }] : [],
      }),
      diff: (_, oldInputs, __, inputs) => ({
        detailed: compare(oldInputs, inputs, rules.forceNew),
        deleteBeforeReplace: rules.deleteBeforeReplace,
      }),
      create: async (inputs, context) => {
        const id = `id-${this.next++}`;
        await this.does("create", context, () => this.things.set(id, { name: urnName(context.urn), inputs }), {
          id,
          outputs: outputs(inputs, id),
        });
        return { id, outputs: outputs(inputs, id) };
      },
      update: async (id, _, __, inputs, context) => {
        await this.does("update", context, () => this.things.set(id, { name: urnName(context.urn), inputs }), {
          id,
          outputs: outputs(inputs, id),
        });
        return outputs(inputs, id);
      },
      read: async (id, inputs, old, context) => {
        await this.does("read", context, () => {}, { id, outputs: old });
        const thing = this.things.get(id);
        return thing && { inputs: { ...inputs, ...thing.inputs }, outputs: { ...old, ...thing.inputs } };
      },
      delete: async (id, _, __, context) => {
        await this.does("delete", context, () => this.things.delete(id), { id, outputs: {} });
      },
    };
  }

  private async does(
    operation: Operation,
    context: OperationContext,
    effect: () => void,
    left: { id: string; outputs: Props },
  ): Promise<void> {
    const call = `${operation} ${urnName(context.urn)}`;
    this.calls.push(call);
    await this.gates.get(call)?.();
    context.log("info", `${operation} of ${urnName(context.urn)}`, true);
    const failure = this.failures.get(call);
    if (failure instanceof Error) throw failure;
    effect();
    if (failure === "init") throw new InitError(left.id, left.outputs, ["not healthy"]);
  }
}

function outputs(inputs: Props, id: string): Props {
  const { __defaults, ...rest } = inputs;
  return { ...rest, id, ...("create" in inputs && { stdout: `ran ${String(inputs.create)}`, stderr: "" }) };
}

/** A list that differs in an element is no forced replacement, as in the command package: the SDK's `replaceOnChanges` asks for that. */
function compare(before: Props, after: Props, forceNew: readonly string[]): Record<string, DiffKind> {
  const result: Record<string, DiffKind> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[key];
    const is = after[key];
    if (key.startsWith("__") || text(was) === text(is)) continue;
    const kind = was === undefined ? "add" : is === undefined ? "delete" : "update";
    const path = Array.isArray(was) && Array.isArray(is) ? `${key}[${differing(was, is)}]` : key;
    result[path] = forceNew.includes(path) ? `${kind}-replace` : kind;
  }
  return result;
}

const differing = (was: readonly Value[], is: readonly Value[]): number =>
  was.findIndex((item, i) => text(item) !== text(is[i]));

const text = (value: Value | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value, (_, item) => (item === unknown ? "<unknown>" : item));

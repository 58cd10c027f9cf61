import * as pulumi from "@pulumi/pulumi";
import { describePorts, type Port } from "../operations/isolation/ports.ts";
import { frozenProperties } from "./frozen.ts";

export interface Guarded {
  /** Every container is evidence. */
  readonly frozen: boolean;
  /** From which clearance containers come: where it is another one than in the engine's state, each is made anew; undefined: the stack was never isolated. */
  readonly fresh: string | undefined;
  /** By container: the ports that it publishes, see {@link describePorts}. */
  readonly published: Readonly<Record<string, string>>;
}

const containerType = "docker:index/container:Container";
/** Commands that may run while a stack is isolated. */
const allowed = ["router", "isolation"];
const commandProperties = ["create", "environment", "stdin", "addPreviousOutputInEnv"];
/** What the networks that a container was cut from took with them, and what a newer program may say otherwise. */
const containerProperties = [...frozenProperties, "ports", "entrypoints", "start"];

/**
 * Does what an isolation asks of every resource that is registered from now on; a stack that was never isolated is left
 * alone. While it stands no engine replaces or removes a container, also after a refresh, and no operation acts but the
 * router's and its own. An isolated container that is made anew later is not removed: its state says so already now.
 * @returns the containers that have been registered, as they come
 */
export function guardContainers(guarded: Guarded): readonly pulumi.Resource[] {
  const seen: pulumi.Resource[] = [];
  if (guarded.fresh !== undefined) {
    const transform = guard(guarded);
    pulumi.runtime.registerStackTransformation((args) => {
      if (args.type === containerType) seen.push(args.resource);
      return transform(args);
    });
  }
  return seen;
}

/** What becomes of one resource. */
export const guard =
  ({ frozen, fresh, published }: Guarded) =>
  ({ type, name, props, opts }: Omit<pulumi.ResourceTransformationArgs, "resource">) => {
    if (type === containerType)
      return {
        props,
        opts: {
          ...opts,
          replacementTrigger: fresh,
          ignoreChanges: ignoreChanges(opts, frozen ? containerProperties : same(props, published) ? ["ports"] : []),
          ...(frozen && { protect: true, retainOnDelete: true }),
        },
      };
    if (frozen && type === "command:local:Command" && !allowed.includes(name))
      return { props, opts: { ...opts, ignoreChanges: commandProperties } };
    return undefined;
  };

const ignoreChanges = ({ ignoreChanges: own = [] }: pulumi.CustomResourceOptions, more: readonly string[]) => [
  ...new Set([...own, ...more]),
];

/** A refresh of an isolated container takes its ports for gone; they were not, once they are there again. */
function same({ name, ports = [] }: pulumi.Inputs, published: Guarded["published"]): boolean {
  return ports.length > 0 && published[name] === describePorts(ports as readonly Port[]);
}

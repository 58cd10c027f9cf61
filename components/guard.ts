import * as pulumi from "@pulumi/pulumi";
import { frozenProperties } from "./frozen.ts";

export interface Guarded {
  /** Every container is evidence. */
  readonly frozen: boolean;
  /** From which clearance containers come: where it is another one than in the engine's state, each is made anew; undefined: the stack was never isolated. */
  readonly fresh: string | undefined;
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
export function guardContainers({ frozen, fresh }: Guarded): readonly pulumi.Resource[] {
  const seen: pulumi.Resource[] = [];
  if (fresh !== undefined) {
    const transform = guard({ frozen, fresh });
    pulumi.runtime.registerStackTransformation((args) => {
      if (args.type === containerType) seen.push(args.resource);
      return transform(args);
    });
  }
  return seen;
}

/** What becomes of one resource. */
export const guard =
  ({ frozen, fresh }: Guarded) =>
  ({ type, name, props, opts }: Omit<pulumi.ResourceTransformationArgs, "resource">) => {
    if (type === containerType)
      return {
        props,
        opts: {
          ...opts,
          replacementTrigger: fresh,
          ...(frozen && { protect: true, retainOnDelete: true, ignoreChanges: containerProperties }),
        },
      };
    if (frozen && type === "command:local:Command" && !allowed.includes(name))
      return { props, opts: { ...opts, ignoreChanges: commandProperties } };
    return undefined;
  };

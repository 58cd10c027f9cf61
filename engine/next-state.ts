import type { Goal } from "./goal.ts";
import { emptyResource, type Resource } from "./state.ts";

/** The state that a goal leads to, before any provider has been asked: no id and no outputs yet. */
export function nextState(goal: Goal, provider: string, old: Resource | undefined): Resource {
  const { dependencies, propertyDependencies, protect, retainOnDelete, deletedWith, ignoreChanges, replaceOnChanges } =
    goal;
  return {
    ...emptyResource(goal.urn, goal.type, goal.custom),
    ...{
      dependencies,
      propertyDependencies,
      protect,
      retainOnDelete,
      deletedWith,
      ignoreChanges,
      replaceOnChanges,
      provider,
    },
    inputs: goal.inputs,
    parent: goal.parent,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    resourceHooks: goal.resourceHooks,
    ...(goal.replacementTrigger !== undefined && { replacementTrigger: goal.replacementTrigger }),
    aliases: old !== undefined && old.urn !== goal.urn ? [old.urn] : [],
    created: old?.created ?? "",
    modified: old?.modified ?? "",
  };
}

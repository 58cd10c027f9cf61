import type { Executor } from "./executor.ts";
import type { Resource } from "./state.ts";
import type { Step } from "./steps.ts";
import { providerUrn } from "./urn.ts";

/** Runs deletions round by round. Resolves to whether all succeeded; after a failure no further round begins. */
export async function runDeletions(steps: readonly Step[], executor: Executor): Promise<boolean> {
  executor.announceDeletions(steps);
  for (const round of deletionRounds(steps)) {
    if (executor.failed) return false;
    await Promise.all(round.map((step) => executor.chain([step])));
  }
  return !executor.failed;
}

/** The deletions in rounds: each round may run at once, after the round before; what depends on another goes first. */
export function deletionRounds(steps: readonly Step[]): Step[][] {
  const left = new Map(steps.map((step) => [step.old!, step]));
  const rounds: Step[][] = [];
  while (left.size > 0) {
    const urns = new Map<string, Resource[]>();
    for (const resource of left.keys()) urns.set(resource.urn, [...(urns.get(resource.urn) ?? []), resource]);
    const needs = (resource: Resource) =>
      [
        ...resource.dependencies,
        resource.parent,
        resource.provider === "" ? "" : providerUrn(resource.provider),
        resource.deletedWith,
      ].some((urn) => (urns.get(urn) ?? []).some((other) => other !== resource));
    const free = [...left.keys()].filter((resource) => !needs(resource));
    // A cycle cannot come from a sound state; deleting in any order is better than never ending.
    const round = free.length > 0 ? free : [...left.keys()];
    rounds.unshift(round.map((resource) => left.get(resource)!));
    for (const resource of round) left.delete(resource);
  }
  return rounds;
}

import type { Catalogue, Generation, RecoveryRequest } from "../../operations/generations/format.ts";
import type { RestoreGoal } from "../../operations/recovery/goal.ts";
import type { FoundRequest } from "./request.ts";

/** What a run takes up with. */
export interface Taking {
  /** Goal of the request's restore; undefined: nothing is restored in this run. */
  readonly goal: RestoreGoal | undefined;
  /** Of its operation, where it is to run. */
  readonly epoch: string;
  /** RFC 3339 */
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
}

/**
 * The catalogue with what a run takes up: a new request and its generation, a pending one with another epoch, so
 * that its operation runs again, and those that are abandoned. The very same catalogue when there is nothing.
 */
export function takeUp(catalogue: Catalogue, { state, abandons }: FoundRequest, taking: Taking): Catalogue {
  const left = abandons.reduce(abandon, catalogue);
  const { goal } = taking;
  if (!goal) return left;
  if (state.kind === "new") return begin(left, state.asked, goal, taking);
  if (state.kind !== "pending") return left;
  return withRequest(left, { ...state.recorded, goal: JSON.stringify(goal), epoch: taking.epoch });
}

function begin(
  catalogue: Catalogue,
  { hash, target, recoveryId, drill }: Pick<RecoveryRequest, "hash" | "target" | "recoveryId" | "drill">,
  goal: RestoreGoal,
  { epoch, at, actor, reason }: Taking,
): Catalogue {
  const known = catalogue.generations.find(({ name }) => name === goal.generation);
  const generation: Generation = {
    name: goal.generation,
    index: known?.index ?? freeIndex(catalogue),
    bornAt: at,
    state: "making",
    request: hash,
    source: { generation: goal.source.generation, timeline: goal.source.timeline },
    timeline: null,
    systemIdentifier: null,
    keepUntil: null,
  };
  const others = catalogue.generations.filter(({ name }) => name !== generation.name);
  const request = { hash, target, drill, recoveryId, at, state: "pending" as const, generation: goal.generation };
  return withRequest(
    { ...catalogue, generations: [...others, generation] },
    { ...request, goal: JSON.stringify(goal), epoch, actor, reason },
  );
}

/** The smallest address that no generation has. */
export function freeIndex({ generations }: Catalogue): number {
  const taken = new Set(generations.map(({ index }) => index));
  let index = 0;
  while (taken.has(index)) index += 1;
  return index;
}

const abandon = (catalogue: Catalogue, request: RecoveryRequest): Catalogue => ({
  ...withRequest(catalogue, { ...request, state: "abandoned" }),
  generations: catalogue.generations.map((generation) =>
    generation.name === request.generation ? { ...generation, state: "abandoned" } : generation,
  ),
});

/** Replaces the request of this hash where it is, or appends it. */
function withRequest(catalogue: Catalogue, request: RecoveryRequest): Catalogue {
  const known = catalogue.requests.some(({ hash }) => hash === request.hash);
  const requests = known
    ? catalogue.requests.map((other) => (other.hash === request.hash ? request : other))
    : [...catalogue.requests, request];
  return { ...catalogue, requests };
}

import {
  type Catalogue,
  type Generation,
  type RecoveryRequest,
  servingGeneration,
} from "../../operations/generations/format.ts";
import type { RestoreGoal } from "../../operations/recovery/goal.ts";
import { volumeName } from "../file-volumes.ts";
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
  const { files, others } = filesOf(catalogue, goal);
  const request = { hash, target, drill, recoveryId, at, state: "pending" as const, generation: goal.generation };
  return withRequest(
    { ...catalogue, generations: [...others, { ...generation, ...(files && { files }) }] },
    { ...request, goal: JSON.stringify(goal), epoch, actor, reason },
  );
}

/**
 * The volumes that go with what is made: those that its files are restored into, and for the rest the ones of the generation
 * that serves. From then on the others name theirs too.
 */
function filesOf(catalogue: Catalogue, { stack, generation, files = [] }: RestoreGoal) {
  const serving = catalogue.generations.find(({ name }) => name === servingGeneration(catalogue));
  const restored = files.map(({ service, volume, name }) => ({ service, volume, name }));
  const first = files.map(({ service, volume }) => ({ service, volume, name: volumeName(stack, service, volume) }));
  const own = [...restored, ...without(serving?.files, restored)];
  const others = catalogue.generations.filter(({ name }) => name !== generation);
  return {
    files: own.length > 0 ? own : undefined,
    others:
      files.length === 0
        ? others
        : others.map((one) => ({ ...one, files: [...(one.files ?? []), ...without(first, one.files)] })),
  };
}

const without = (all: Generation["files"] = [], taken: Generation["files"] = []) =>
  all.filter(({ service, volume }) => !taken.some((one) => one.service === service && one.volume === volume));

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

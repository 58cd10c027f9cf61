import { type Catalogue, type Generation, servingGeneration } from "../operations/generations/format.ts";
import { databaseAddress } from "./addresses.ts";
import type { GenerationFiles } from "./file-volumes.ts";

/** One generation of the database as this run registers it. */
export interface GenerationPlan {
  readonly name: string;
  /** Physical name of its container, and of its volume. */
  readonly container: string;
  /** Fixed address in the platform network. */
  readonly address: string;
  /** `serves`: when the run is done. `made`: for a drill, in this run. `kept`: stands still, as evidence and way back. */
  readonly role: "serves" | "made" | "kept";
  /** How its data came about; undefined: the stack began with it. Once it is made it never changes. */
  readonly restore?: { readonly goal: string; readonly epoch: string } | undefined;
  /** Volumes of the services that go with it, where they have other names than at the stack's beginning. */
  readonly files?: GenerationFiles;
}

/** Which generation serves now, which one when the run is done, and all that the stack has. */
export interface GenerationsPlan {
  readonly serving: GenerationPlan;
  readonly next: GenerationPlan;
  readonly all: readonly GenerationPlan[];
  /** Head of the schema with which `next` begins, where it is another than the one that serves; undefined: nobody knows. */
  readonly head?: string | undefined;
}

/** Whether the data goes back, or forth, in this run. */
export const dataMoves = ({ serving, next }: GenerationsPlan): boolean => serving.name !== next.name;

/**
 * Plans the containers of a stack's generations.
 * @param catalogue with the request that this run takes up, where there is one
 * @param next generation that serves when the run is done
 * @param head of the schema with which that one begins
 */
export function planGenerations(
  stack: string,
  subnet: string,
  catalogue: Catalogue,
  next = servingGeneration(catalogue),
  head?: string,
): GenerationsPlan {
  const all = catalogue.generations.map((generation) => {
    const request = catalogue.requests.find(({ hash }) => hash === generation.request);
    return {
      name: generation.name,
      container: `${stack}-database-${generation.name}`,
      address: databaseAddress(subnet, generation.index),
      role: roleOf(generation, next),
      restore: request && request.state !== "abandoned" ? { goal: request.goal, epoch: request.epoch } : undefined,
      files: generation.files,
    };
  });
  const named = (name: string) => all.find((generation) => generation.name === name)!;
  return { serving: named(servingGeneration(catalogue)), next: named(next), all, head };
}

function roleOf({ name, state }: Generation, next: string): GenerationPlan["role"] {
  if (name === next) return "serves";
  return state === "making" ? "made" : "kept";
}

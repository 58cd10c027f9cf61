import type Docker from "dockerode";
import { updateCatalogue } from "../generations/catalogue.ts";
import type { Catalogue } from "../generations/format.ts";

/** Writes `pending` before the first effect. */
export const pendPromotion = (docker: Docker, stack: string, epoch: string, goal: string): Promise<Catalogue> =>
  updateCatalogue(docker, stack, (catalogue) => ({
    ...catalogue,
    marker: { ...catalogue.marker, pending: { epoch, goal, since: new Date().toISOString() } },
  }));

/** Changes the catalogue. @throws when another operation has begun since */
export const changeOwn = (
  docker: Docker,
  stack: string,
  epoch: string,
  change: (catalogue: Catalogue) => Catalogue,
): Promise<Catalogue> =>
  updateCatalogue(docker, stack, (catalogue) => {
    const { pending } = catalogue.marker;
    if (pending?.epoch === epoch) return change(catalogue);
    throw new Error(
      `expected epoch ${epoch} to be pending in the catalogue of generations, got ${pending?.epoch ?? "none"}; another operation has begun since`,
    );
  });

/** The goal is reached: goal, epoch and the end of `pending` in one write. */
export const commitPromotion = (docker: Docker, stack: string, epoch: string, goal: string): Promise<Catalogue> =>
  changeOwn(docker, stack, epoch, (catalogue) => ({ ...catalogue, marker: { goal, epoch, pending: null } }));

/** The old state is back: goal and epoch stay. */
export const clearPromotion = (docker: Docker, stack: string, epoch: string): Promise<Catalogue> =>
  changeOwn(docker, stack, epoch, (catalogue) => ({ ...catalogue, marker: { ...catalogue.marker, pending: null } }));

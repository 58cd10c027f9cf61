import { createHash } from "node:crypto";
import { nameIn, volumeName } from "./file-volumes.ts";
import type { GenerationPlan, GenerationsPlan } from "./generations.ts";
import type { ColorPlan, ServicePlan, StackPlan } from "./plan.ts";

/** The volumes of a service, where files were restored. */
export interface ServiceFiles {
  /** Physical names, by volume. */
  readonly names: Readonly<Record<string, string>>;
  /** Spec with the volumes with which the stack began. */
  readonly first: string;
  /**
   * Specs with the volumes of each generation. A container that has another generation's is made anew, which is no change
   * that the config asks for.
   */
  readonly specs: readonly string[];
}

/** Every color with the volumes of the generation that serves when the run is done. */
export function mountFiles(
  stack: string,
  planned: StackPlan["colors"],
  { next, all }: GenerationsPlan,
): StackPlan["colors"] {
  if (!all.some(({ files }) => files)) return planned;
  const mounted = (color: ColorPlan): ColorPlan => ({
    ...color,
    services: color.services.map((service) => mount(stack, service, next, all)),
  });
  return { blue: mounted(planned.blue), green: mounted(planned.green) };
}

/** Whether what runs was made of this spec, with the volumes of whatever generation. */
export const isMadeOf = ({ spec, files }: ServicePlan, found: string | undefined): boolean =>
  found !== undefined && (found === spec || (files?.specs.includes(found) ?? false));

/** Whether a service has other volumes in one generation than in the other. */
export const filesMove = (
  { stack, config }: StackPlan,
  { serving, next }: Readonly<Record<"serving" | "next", Pick<GenerationPlan, "files">>>,
): boolean =>
  Object.entries(config.services).some(([service, { volumes }]) =>
    Object.keys(volumes).some(
      (volume) => nameIn(serving.files, stack, service, volume) !== nameIn(next.files, stack, service, volume),
    ),
  );

function mount(stack: string, service: ServicePlan, next: GenerationPlan, all: readonly GenerationPlan[]): ServicePlan {
  const first = service.files?.first ?? service.spec;
  const names = namesOf(stack, service, next);
  const specs = all.map((generation) => specOf(stack, service, first, namesOf(stack, service, generation)));
  return { ...service, spec: specOf(stack, service, first, names), files: { names, first, specs } };
}

const namesOf = (stack: string, { name, config }: ServicePlan, { files }: GenerationPlan) =>
  Object.fromEntries(Object.keys(config.volumes).map((volume) => [volume, nameIn(files, stack, name, volume)]));

function specOf(stack: string, { name }: ServicePlan, first: string, names: ServiceFiles["names"]): string {
  const others = Object.entries(names).filter(([volume, physical]) => physical !== volumeName(stack, name, volume));
  if (others.length === 0) return first;
  return createHash("sha256")
    .update(JSON.stringify([first, others]))
    .digest("hex")
    .slice(0, 16);
}

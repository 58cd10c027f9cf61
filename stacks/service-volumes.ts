import type * as pulumi from "@pulumi/pulumi";
import { keptVolume } from "../components/kept-volume.ts";
import { type FileVolume, nameIn, volumeName } from "./file-volumes.ts";
import type { StackPlan } from "./plan.ts";

/**
 * Registers the volumes of the services, shared by both colors, of every generation that has its own; their data outlives
 * `destroy`.
 */
export function serviceVolumes(plan: StackPlan, keep: pulumi.ResourceHook): pulumi.Resource[] {
  const { stack } = plan;
  return everyVolume(plan).map(({ service, volume, name }) => {
    const generation = generationOf(stack, { service, volume, name });
    return keptVolume(
      `${name.slice(stack.length + 1)}-volume`,
      { stack, service, name, ...(generation && { generation, volume }) },
      { hooks: { afterCreate: [keep] } },
    );
  });
}

/** Every physical volume that some generation has, by the config and by what is kept. */
export function everyVolume({ stack, config, database }: StackPlan): FileVolume[] {
  const generations = database?.generations.all ?? [{ files: undefined }];
  const used = Object.entries(config.services).flatMap(([service, { volumes }]) =>
    Object.keys(volumes).flatMap((volume) =>
      generations.map(({ files }) => ({ service, volume, name: nameIn(files, stack, service, volume) })),
    ),
  );
  const all = [...used, ...generations.flatMap(({ files }) => files ?? [])];
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

/** Generation for which a volume was made; undefined: the stack began with it. */
function generationOf(stack: string, { service, volume, name }: FileVolume): string | undefined {
  const first = volumeName(stack, service, volume);
  return name === first ? undefined : name.slice(first.length + 1);
}

import type Docker from "dockerode";
import { type Catalogue, type Generation, servingGeneration } from "./format.ts";

type FileVolume = NonNullable<Generation["files"]>[number];

/** What volumes and containers tell of restored files. */
export interface FoundFiles {
  /** Volumes that were made for a generation, as their labels say it. */
  readonly made: readonly (FileVolume & { readonly generation: string })[];
  /** Names of volumes that containers of the services have now. */
  readonly mounted: ReadonlySet<string>;
}

/**
 * The catalogue, with the volumes of the services that go with each generation: those that were made for it, and for the one
 * that serves those that the services have. What else a generation shared with another one is not known any more.
 */
export function withFoundFiles(catalogue: Catalogue, { made, mounted }: FoundFiles): Catalogue {
  if (made.length === 0) return catalogue;
  const serving = servingGeneration(catalogue);
  const first = (one: FoundFiles["made"][number]): FileVolume => ({
    ...{ service: one.service, volume: one.volume },
    name: one.name.slice(0, -one.generation.length - 1),
  });
  const filesOf = (generation: string): FileVolume[] => {
    const own = new Map(made.map((one) => [`${one.service}/${one.volume}`, first(one)]));
    for (const one of made) {
      const { service, volume, name } = one;
      const goes = generation === serving ? mounted.has(name) : one.generation === generation;
      if (goes) own.set(`${service}/${volume}`, { service, volume, name });
    }
    return [...own.values()];
  };
  const generations = catalogue.generations.map((one) => ({ ...one, files: filesOf(one.name) }));
  return { ...catalogue, generations };
}

/** Looks at the stack's volumes and containers. It changes nothing. */
export async function findFiles(docker: Docker, stack: string): Promise<FoundFiles> {
  const label = [`switchback.stack=${stack}`];
  const [{ Volumes }, containers] = await Promise.all([
    docker.listVolumes({ filters: { label } }),
    docker.listContainers({ all: true, filters: { label: [...label, "switchback.role=service"] } }),
  ]);
  const made = (Volumes ?? []).flatMap(({ Name: name, Labels }) => {
    const { "switchback.generation": generation, "switchback.service": service, "switchback.volume": volume } = Labels;
    return generation && service && volume ? [{ generation, service, volume, name }] : [];
  });
  const mounted = containers.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? []));
  return { made, mounted: new Set(mounted) };
}

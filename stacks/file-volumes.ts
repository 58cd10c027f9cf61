import type { Generation } from "../operations/generations/format.ts";
import type { ServiceConfig, StackConfig } from "./schema.ts";

type VolumeConfig = ServiceConfig["volumes"][string];

/** A volume of a service whose files are part of backup points. */
export interface FileVolume {
  readonly service: string;
  readonly volume: string;
  /** Physical name. */
  readonly name: string;
}

/** Volumes that a generation has of its own; of others it has the one with which the stack began. */
export type GenerationFiles = Generation["files"];

/** Physical name of a service's volume, the same for both colors: the one with which the stack began. */
export const volumeName = (stack: string, service: string, volume: string): string => `${stack}-${service}-${volume}`;

/** Physical name of the volume into which files are restored for a generation. */
export const restoredName = (stack: string, service: string, volume: string, generation: string): string =>
  `${volumeName(stack, service, volume)}-${generation}`;

/** Physical name of a service's volume in a generation. */
export const nameIn = (files: GenerationFiles, stack: string, service: string, volume: string): string =>
  files?.find((one) => one.service === service && one.volume === volume)?.name ?? volumeName(stack, service, volume);

/** Volumes, as they are named in a generation. */
export const volumesIn = (files: GenerationFiles, stack: string, volumes: readonly FileVolume[]): FileVolume[] =>
  volumes.map((one) => ({ ...one, name: nameIn(files, stack, one.service, one.volume) }));

/** Where a service has it. */
export const mountPath = (volume: VolumeConfig): string => (typeof volume === "string" ? volume : volume.path);

/** Where a container that saves or restores has it. */
export const mountOf = ({ service, volume }: Pick<FileVolume, "service" | "volume">): string =>
  `/files/${service}/${volume}`;

/** The services' volumes, without those that the config leaves out of backups. */
export const savedVolumes = (stack: string, { services }: Pick<StackConfig, "services">): FileVolume[] =>
  Object.entries(services).flatMap(([service, { volumes }]) =>
    Object.entries(volumes)
      .filter(([, volume]) => typeof volume === "string" || volume.backup)
      .map(([volume]) => ({ service, volume, name: volumeName(stack, service, volume) })),
  );

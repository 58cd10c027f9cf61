import type { ServiceConfig, StackConfig } from "./schema.ts";

type VolumeConfig = ServiceConfig["volumes"][string];

/** A volume of a service whose files are part of backup points. */
export interface FileVolume {
  readonly service: string;
  readonly volume: string;
  /** Physical name. */
  readonly name: string;
}

/** Physical name of a service's volume, the same for both colors. */
export const volumeName = (stack: string, service: string, volume: string): string => `${stack}-${service}-${volume}`;

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

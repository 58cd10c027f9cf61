import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { labels } from "./labels.ts";

export interface KeptVolume {
  readonly stack: string;
  /** Physical name. */
  readonly name: string;
  /** Set on the volume of a service. */
  readonly service?: string;
}

/**
 * Creates a volume whose data outlives `destroy`. One that was made beforehand, on storage of its own, is taken as it is:
 * its driver and options are nobody's change.
 */
export const keptVolume = (
  name: string,
  { stack, name: physical, service }: KeptVolume,
  opts?: pulumi.CustomResourceOptions,
): docker.Volume =>
  new docker.Volume(
    name,
    { name: physical, labels: labels({ stack, role: "volume", ...(service && { service }) }) },
    { ...opts, retainOnDelete: true, ignoreChanges: ["driver", "driverOpts"] },
  );

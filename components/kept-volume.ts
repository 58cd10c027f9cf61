import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { labels } from "./labels.ts";

export interface KeptVolume {
  readonly stack: string;
  /** Physical name. */
  readonly name: string;
  /** Set on the volume of a service. */
  readonly service?: string;
  /** Set where its files were restored: the generation for which they were, and the service's own name of it. */
  readonly generation?: string;
  readonly volume?: string;
}

/**
 * Creates a volume whose data outlives `destroy`. One that was made beforehand, on storage of its own, is taken as it is:
 * its driver and options are nobody's change.
 */
export const keptVolume = (
  name: string,
  { stack, name: physical, ...labelled }: KeptVolume,
  opts?: pulumi.CustomResourceOptions,
): docker.Volume =>
  new docker.Volume(
    name,
    { name: physical, labels: labels({ stack, role: "volume", ...labelled }) },
    { ...opts, retainOnDelete: true, ignoreChanges: ["driver", "driverOpts"] },
  );

import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";
import { writePooler } from "../operations/pooler/writer.ts";
import type { ColorName } from "../stacks/schema.ts";

/**
 * A hook that runs before a container of a color is created whose release does not fit the schema as it is now: the color
 * loses the database first, so that nothing in the new container can act on a schema that it does not know.
 * @param epoch of the schema's operation, which follows and says whether the color gets the database
 */
export function fenceHook(
  docker: Docker,
  { stack, color, epoch, goal }: { stack: string; color: ColorName; epoch: string; goal: string },
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`fence-${color}`, async () => {
    await writePooler(docker, stack, { op: "pend", epoch, goal });
    await writePooler(docker, stack, { op: "fence", epoch, color, seconds: 0, then: "closed" });
    await pulumi.log.info(`${color} loses the database until the schema is one that it accepts`);
  });
}

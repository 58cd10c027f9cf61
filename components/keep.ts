import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";
import { ensureKeeper } from "../operations/live/keeper.ts";

/** A hook that runs after a volume is created: a container holds it from then on, so that no prune takes it. */
export const keepHook = (docker: Docker, stack: string): pulumi.ResourceHook =>
  new pulumi.ResourceHook("keep-volume", async ({ newInputs }) => {
    const { name } = newInputs as { name: string };
    await ensureKeeper(docker, { name: `${name}-keeper`, volume: name, stack, path: "/data" });
  });

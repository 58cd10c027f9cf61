import type Docker from "dockerode";
import { cacheCommand } from "../../stacks/cache-plan.ts";
import { exec } from "../live/docker.ts";
import { readExpectation } from "../validation/expectation.ts";

/** Whether the cache, which both colors use, does not answer; false where the stack has none. */
export async function isCacheDown(docker: Docker, stack: string): Promise<boolean> {
  const { cache } = await readExpectation(docker, stack);
  if (cache === null) return false;
  try {
    return (await exec(docker, cache, cacheCommand("ping"))).exitCode !== 0;
  } catch (error) {
    // There is none, or it does not run.
    if ([404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) return true;
    throw error;
  }
}

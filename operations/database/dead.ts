import type Docker from "dockerode";
import { exec } from "../live/docker.ts";

/**
 * Whether the database of a stack does not answer, so that nothing that needs it can be ready. A container that cannot
 * be asked is dead too.
 * @param container undefined: the stack has no database, which never is dead
 */
export async function isDatabaseDead(docker: Docker, container: string | undefined): Promise<boolean> {
  if (container === undefined) return false;
  try {
    const { exitCode } = await exec(docker, container, ["pg_isready", "-q", "-t", "2", "-h", "/run/postgresql"]);
    return exitCode !== 0;
  } catch {
    return true;
  }
}

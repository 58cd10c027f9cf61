import type Docker from "dockerode";
import { execOk } from "../../live/docker.ts";

/**
 * Statistics of every table, before traffic: a dump has none, and with a copy of the files comes what the planner knew, but not
 * what autovacuum has counted since. A sample of each table is read, so that the time hardly grows with the data.
 * @returns seconds
 */
export async function analyze(docker: Docker, container: string, database: string): Promise<number> {
  const begun = performance.now();
  const to = ["--host", "/run/postgresql", "--username", "postgres", "--jobs", "2", "--quiet", database];
  await execOk(docker, container, ["vacuumdb", "--analyze-only", ...to]);
  return (performance.now() - begun) / 1000;
}

import type Docker from "dockerode";
import { execOk } from "../../live/docker.ts";

/**
 * Statistics of every table, before traffic: a restore keeps pg_statistic as it was, but what autovacuum counted is gone, and
 * a dump has neither. A first rough round takes little time whatever the size, so that no plan is made without.
 * @returns seconds
 */
export async function analyze(docker: Docker, container: string, database: string): Promise<number> {
  const begun = performance.now();
  const to = ["--host", "/run/postgresql", "--username", "postgres", "--jobs", "2", "--quiet", database];
  await execOk(docker, container, ["vacuumdb", "--analyze-only", ...to]);
  return (performance.now() - begun) / 1000;
}

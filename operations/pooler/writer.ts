import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { exec } from "../live/docker.ts";
import { type PoolerEntry, type PoolerFile, poolerName } from "./state.ts";

export type PoolerRequest =
  /** An operation begins. */
  | { op: "pend"; epoch: string; goal: string }
  /** The color loses the database at once; asked again for the same color, only the lease changes. */
  | { op: "fence"; epoch: string; color: ColorName; seconds: number; then: "open" | "closed" }
  /** Which colors have the database from now on; ends a fence. */
  | { op: "set"; epoch: string; open: Readonly<Record<ColorName, boolean>> }
  /** Every server connection is made anew when it is free: no statement is run on what a changed schema made stale. */
  | { op: "reconnect"; epoch: string }
  /** Queries wait, transactions under way end first; session entries are cut. */
  | { op: "pause"; epoch: string; seconds: number }
  | { op: "resume"; epoch: string }
  /** `paused`: only within a pause, so that nothing was written to the old generation since it began. */
  | { op: "point"; epoch: string; generation: string; address: string; paused?: boolean }
  | { op: "commit"; epoch: string; goal: string }
  /** The old state is back: the marker stays. */
  | { op: "clear"; epoch: string };

/** What the pooler answers after a write that it has read back. */
export interface PoolerWritten {
  readonly file: PoolerFile;
  readonly entries: readonly PoolerEntry[];
  /** Client connections that were cut. */
  readonly cut: number;
}

/** PgBouncer may still be starting in a container just made. */
const startMilliseconds = 10_000;

/**
 * Writes pooler.json and brings PgBouncer's entries to it through the pooler's single writer; both are read back.
 * @throws when another operation has begun since, or PgBouncer does not take it
 */
export async function writePooler(docker: Docker, stack: string, request: PoolerRequest): Promise<PoolerWritten> {
  const name = poolerName(stack);
  const { exitCode, stdout, stderr } = await started(docker, name, `${JSON.stringify(request)}\n`);
  if (exitCode === 0) return JSON.parse(stdout) as PoolerWritten;
  throw new Error(
    `expected the pooler to take \`${request.op}\`, got: ${stderr.trim() || `exit ${exitCode}`}; see \`docker logs ${name}\``,
  );
}

/** Asks once the container runs; each request is either not begun or answered. */
async function started(docker: Docker, name: string, line: string) {
  const end = Date.now() + startMilliseconds;
  for (;;) {
    try {
      return await exec(docker, name, ["switchback-pooler-state"], line);
    } catch (error) {
      const { statusCode } = error as { statusCode?: number };
      if (statusCode === 404) throw new Error(`expected the container ${name}, got none; run \`up\` with --refresh`);
      if (statusCode !== 409 || Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

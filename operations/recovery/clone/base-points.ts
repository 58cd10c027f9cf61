import type Docker from "dockerode";
import { execOk } from "../../live/docker.ts";

/** A copy of a running server's data directory in its own volume, whose blocks it shares: a rollback point, not a backup. */
export interface BasePoint {
  /** Its folder below `bases/` of the volume; sorts by time. */
  readonly name: string;
  /** RFC 3339, by the server's clock, when the server had ended it. */
  readonly stoppedAt: string;
  readonly timeline: number;
  /** Where replay begins, and from where on the data is consistent. */
  readonly startLsn: string;
  readonly stopLsn: string;
  /** First and last WAL segment that it needs. */
  readonly firstSegment: string;
  readonly lastSegment: string;
}

/**
 * The base points of a generation, oldest first, read by the keeper of its volume, which outlives its container.
 * @param container name of the generation's container, which is that of its volume
 * @throws when the keeper does not run
 */
export async function readBasePoints(docker: Docker, container: string): Promise<BasePoint[]> {
  return parseBasePoints(await execOk(docker, `${container}-keeper`, ["sh", "-c", list]));
}

// One that is being taken or removed has a longer name.
const list = "cat /data/bases/base-*[!.][!.][!.][!.]/base.json 2>/dev/null || true";

/** What is not whole is left out. Pure. */
export function parseBasePoints(text: string): BasePoint[] {
  return text
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as BasePoint];
      } catch {
        return [];
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

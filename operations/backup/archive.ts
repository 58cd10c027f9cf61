import type Docker from "dockerode";
import type pg from "pg";
import { pgbackrest } from "../database/backups.ts";
import type { Base } from "../database/repository.ts";
import { exec } from "../live/docker.ts";
import type { BackupGoal } from "./goal.ts";
import { missingSegments, segmentFolders } from "./segments.ts";

const waitMilliseconds = 30_000;
const pollMilliseconds = 50;
/** PostgreSQL tries a segment this often, then waits for a minute. */
const attempts = 3;

/**
 * Waits until PostgreSQL has handed a segment to the repository.
 * @throws when the archive does not take it, with pgBackRest's own reason
 */
export async function awaitArchived(
  docker: Docker,
  client: pg.Client,
  { container, generation }: Pick<BackupGoal, "container" | "generation">,
  segment: string,
): Promise<void> {
  const end = Date.now() + waitMilliseconds;
  const before = await archiver(client);
  for (;;) {
    const now = await archiver(client);
    if (now.last !== null && now.last >= segment) return;
    if (now.failed >= before.failed + attempts || Date.now() > end) {
      const why = await reason(docker, container, generation, segment);
      throw new Error(
        `expected WAL segment ${segment} in the repository of ${generation}, got: ${why}; nothing has moved. Make the archive work, then run again`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

/**
 * Looks into the repository itself, because what PostgreSQL believes to be archived may be gone.
 * @throws when a segment between the base and the point is not there
 */
export async function checkUnbroken(
  docker: Docker,
  { container, generation }: Pick<BackupGoal, "container" | "generation">,
  base: Pick<Base, "label" | "firstSegment">,
  segment: string,
  segmentBytes?: number,
): Promise<void> {
  const list = async (path: string) =>
    Object.keys(JSON.parse(await pgbackrest(docker, container, generation, ["--output=json", "repo-ls", path])));
  const root = `archive/${generation}`;
  // `17-1`, `17-2`, …: one for each system that used this path; the last one is the running one.
  const systems = (await list(root)).filter((name) => /^\d+-\d+$/.test(name));
  const system = systems.sort((a, b) => Number(a.split("-")[1]) - Number(b.split("-")[1])).at(-1);
  const folders = segmentFolders(base.firstSegment, segment);
  const files = (await Promise.all(folders.map((folder) => list(`${root}/${system}/${folder}`)))).flat();
  const present = new Set(files.flatMap((name) => name.match(/^[0-9A-F]{24}(?=-)/) ?? []));
  const missing = missingSegments(base.firstSegment, segment, present, segmentBytes);
  if (missing.length === 0) return;
  const shown = `${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ` and ${missing.length - 3} more` : ""}`;
  throw new Error(
    `expected every WAL segment since the base ${base.label} in the repository, got a gap: ${shown}; nothing has moved. Take a new base: docker exec ${container} pgbackrest --stanza=${generation} --type=full backup`,
  );
}

async function archiver(client: pg.Client): Promise<{ last: string | null; failed: number }> {
  const { rows } = await client.query(
    "select last_archived_wal as last, failed_count::int as failed from pg_stat_archiver",
  );
  return rows[0];
}

/** Pushes the segment once more, for the message that only the server's log has otherwise. */
async function reason(docker: Docker, container: string, generation: string, segment: string): Promise<string> {
  const script = 'cd "$PGDATA" && pgbackrest --stanza="$1" archive-push "pg_wal/$2"';
  const { exitCode, stdout, stderr } = await exec(docker, container, [
    "sh",
    "-euc",
    script,
    "push",
    generation,
    segment,
  ]);
  if (exitCode === 0) return "an archiver that is slow; it works now";
  return (stderr.trim() || stdout.trim() || `exit ${exitCode}`).replace(/\s+/g, " ").slice(0, 500);
}

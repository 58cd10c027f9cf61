import type Docker from "dockerode";
import { execOk } from "../../operations/live/docker.ts";
import type { GenerationFiles } from "../file-volumes.ts";
import type { StackPlan } from "../plan.ts";
import { bounded, type Probed } from "../probe-bounded.ts";

/** A copy of a volume's files in the volume of backups. */
export interface FileCopy {
  readonly service: string;
  readonly volume: string;
  readonly snapshot: string;
  /** RFC 3339: when it began. */
  readonly at: string;
  readonly files: number;
  readonly bytes: number;
}

/** The key of the repository alone takes most of a second of a processor. */
const listMilliseconds = 6000;

/** Lists the copies of files that there are, oldest first; undefined: the stack saves none. */
export async function probeFiles(
  docker: Docker,
  { stack, database }: StackPlan,
): Promise<Probed<readonly FileCopy[]> | undefined> {
  if (!database || database.files.length === 0) return undefined;
  // The copies belong to root, as whom the scheduler runs. An isolation pauses it, and leaves the database running.
  const ask = (container: string, user?: string) => execOk(docker, container, ["sh", "-euc", list], undefined, user);
  const printed = () =>
    ask(`${stack}-scheduler`).catch((error: Error) =>
      ask(database.generations.serving.container, "0:postgres").catch(() => {
        throw error;
      }),
    );
  return bounded(async () => parseCopies(await printed()), listMilliseconds);
}

/** Looks for the volumes of a generation. @returns names of those that are not there */
export const probeGone = (docker: Docker, files: GenerationFiles = []): Promise<Probed<readonly string[]>> =>
  bounded(async () => {
    const { Volumes } = await docker.listVolumes();
    const there = new Set((Volumes ?? []).map(({ Name }) => Name));
    return files.map(({ name }) => name).filter((name) => !there.has(name));
  });

interface Snapshot {
  readonly id: string;
  readonly paths: readonly string[];
  readonly summary?: {
    readonly backup_start: string;
    readonly total_files_processed: number;
    readonly total_bytes_processed: number;
  };
}

/** What `restic snapshots --json` prints. */
export function parseCopies(printed: string): FileCopy[] {
  const snapshots = JSON.parse(printed) as readonly Snapshot[];
  return snapshots
    .flatMap(({ id, paths, summary }): FileCopy[] => {
      const [, service, volume] = paths[0]?.match(/^\/files\/([^/]+)\/([^/]+)$/) ?? [];
      if (!service || !volume || !summary) return [];
      const { total_files_processed: files, total_bytes_processed: bytes } = summary;
      return [{ service, volume, snapshot: id, at: summary.backup_start, files, bytes }];
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

// With the pass phrase of the backups, as switchback-files has it.
const list = `
cd /var/lib/pgbackrest
repository=/var/lib/pgbackrest/files/repository
conf=/etc/pgbackrest/conf.d/repository.conf
[ -f "$repository/config" ] || { echo '[]'; exit; }
if grep -qs '^repo1-cipher-pass=' "$conf"; then export RESTIC_PASSWORD_COMMAND="sed -n s/^repo1-cipher-pass=//p $conf"
else set -- --insecure-no-password; fi
exec restic --no-cache --no-lock "--repo=$repository" "$@" --quiet --json snapshots --host switchback`;

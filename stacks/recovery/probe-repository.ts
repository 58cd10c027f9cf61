import type Docker from "dockerode";
import { segmentFolders } from "../../operations/backup/segments.ts";
import { execOk } from "../../operations/live/docker.ts";
import { liveContainer } from "../change.ts";
import type { StackPlan } from "../plan.ts";
import type { Live } from "../probe.ts";
import { bounded, type Probed } from "../probe-bounded.ts";
import type { ArchivedSegment } from "./facts.ts";
import type { Resolution } from "./resolution.ts";
import type { Stanza } from "./stanza.ts";

/**
 * Runs a command where pgBackRest and the repository are: in every container that has both, of which the first answer
 * counts.
 * @throws when none of them runs, or none answers
 */
export async function inRepository(
  docker: Docker,
  plan: StackPlan,
  live: Live,
  argv: readonly string[],
): Promise<string> {
  const places = [plan.database!.generations.serving.container, `${plan.stack}-scheduler`];
  const running = places.filter((place) => "unknown" in live.containers || liveContainer(live, place)?.running);
  if (running.length === 0) throw new Error(`neither ${places.join(" nor ")} runs`);
  const asked = running.map((place) => execOk(docker, place, ["sh", "-euc", asPostgres, "repository", ...argv]));
  return Promise.any(asked).catch((error: AggregateError) => {
    throw error.errors[0];
  });
}

// The scheduler's container runs as root, and what pgBackRest makes must not belong to it.
const asPostgres = `[ "$(id -u)" != 0 ] || set -- setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; exec "$@"`;

/** Lists the WAL segments from a base on, up to the one that has to be there, or to the last one. */
export const probeSegments = (
  docker: Docker,
  plan: StackPlan,
  live: Live,
  { archiveId, lastSegment, generation }: Stanza,
  { base, lastSegment: wanted }: Resolution,
): Promise<Probed<readonly ArchivedSegment[]>> =>
  bounded(async () => {
    const last = [wanted ?? lastSegment ?? "", base?.lastSegment ?? ""].sort().at(-1)!;
    const folders = segmentFolders(base?.firstSegment ?? last, last);
    const paths = folders.map((folder) => `archive/${generation}/${archiveId}/${folder}`);
    const script = `for path; do pgbackrest --stanza=${generation} --output=json repo-ls "$path"; echo; done`;
    const printed = await inRepository(docker, plan, live, ["sh", "-euc", script, "list", ...paths]);
    return parseSegments(printed);
  });

/** What \`pgbackrest repo-ls --output=json\` prints of some folders: a segment's name is followed by its hash. */
export function parseSegments(printed: string): ArchivedSegment[] {
  type Listed = Readonly<Record<string, { readonly time?: number }>>;
  const listed = printed.split("\n").flatMap((line) => (line.trim() ? [JSON.parse(line) as Listed] : []));
  return listed
    .flatMap((folder) => Object.entries(folder))
    .flatMap(([file, { time = 0 }]) => {
      const [name] = file.match(/^[0-9A-F]{24}(?=-)/) ?? [];
      return name ? [{ name, at: new Date(time * 1000).toISOString() }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

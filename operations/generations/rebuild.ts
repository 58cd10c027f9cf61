import type Docker from "dockerode";
import { runOneShot } from "../live/one-shot.ts";
import { readPooler } from "../pooler/state.ts";
import { type Catalogue, catalogueSchema, type Generation, initialGeneration } from "./format.ts";

/** What is found of a generation in its volume and container. */
export interface Found {
  readonly name: string;
  /** Position of its address; null: its container is gone. */
  readonly index: number | null;
  /** RFC 3339 */
  readonly bornAt: string;
  /** Whether nobody has been let in yet, so that it never served. */
  readonly closed: boolean;
  /** Its control file; null: it has none, as after a restore that failed. */
  readonly control: { readonly timeline: number; readonly systemIdentifier: string; readonly lsn: string } | null;
}

/** Least that a generation that does not serve is kept: its own date is lost. */
const keepDays = 90;

/**
 * The catalogue as far as volumes, containers and the pooler tell it. Who asked for what is lost: no request is known any
 * more, so no target may be in the config.
 * @param serving generation to which the pooler's entries point
 * @throws when that one is not among those found, or has no data
 */
export function rebuild(found: readonly Found[], serving: string, now: Date): Catalogue {
  const server = found.find(({ name }) => name === serving);
  if (!server?.control)
    throw new Error(
      `expected the data of generation ${serving}, to which the pooler points, among ${found.map(({ name }) => name).join(", ") || "no volumes"}, got none`,
    );
  const taken = new Set(found.flatMap(({ index }) => index ?? []));
  const free = () => {
    const index = Array.from({ length: found.length }, (_, position) => position).find(
      (position) => !taken.has(position),
    )!;
    taken.add(index);
    return index;
  };
  const keepUntil = new Date(now.getTime() + keepDays * 86_400_000).toISOString();
  const ordered = [...found].sort((a, b) => order(a) - order(b));
  const generations = ordered.map(
    (one): Generation => ({
      name: one.name,
      index: one.index ?? free(),
      bornAt: one.bornAt,
      state: one.name === serving || (one.control && !one.closed) ? "ready" : "abandoned",
      request: null,
      source: null,
      timeline: one.control?.timeline ?? null,
      systemIdentifier: one.control?.systemIdentifier ?? null,
      keepUntil: one.name === serving ? null : keepUntil,
    }),
  );
  const promoted = {
    at: now.toISOString(),
    generation: serving,
    from: null,
    kind: "first" as const,
    end: null,
    start: { lsn: server.control.lsn, heartbeat: 0 },
    actor: "rebuilt",
    reason: "the catalogue was lost",
  };
  return catalogueSchema.parse({
    version: 1,
    generations,
    promotions: [promoted],
    requests: [],
    marker: { goal: "", epoch: "", pending: null },
  });
}

// The one that a stack begins with comes first whatever its volume says, which may have been made again.
const order = ({ name, bornAt }: Found) => (name === initialGeneration ? 0 : Date.parse(bornAt));

/** Looks at every volume of data that carries the stack's label, and at the pooler. It changes nothing. */
export async function findGenerations(
  docker: Docker,
  stack: string,
  image: string,
): Promise<{ found: Found[]; serving: string }> {
  const pooler = await readPooler(docker, stack);
  const serving = pooler.kind === "read" ? pooler.file?.generation : undefined;
  if (!serving) {
    const why =
      pooler.kind === "unreadable" ? pooler.reason : `its file is ${pooler.kind === "absent" ? "gone" : "broken"}`;
    throw new Error(
      `expected the pooler of ${stack} to say which generation serves, got: ${why}; start it: docker start ${stack}-pooler`,
    );
  }
  const { Volumes } = await docker.listVolumes({ filters: { label: [`switchback.stack=${stack}`] } });
  const prefix = `${stack}-database-`;
  const volumes = (Volumes ?? []).filter(({ Name }) => Name.startsWith(prefix));
  const found: Found[] = [];
  for (const volume of volumes) {
    const { CreatedAt } = volume as { CreatedAt?: string };
    const bornAt = new Date(CreatedAt ?? Date.now()).toISOString();
    const looked = await look(docker, stack, volume.Name, image);
    found.push({
      name: volume.Name.slice(prefix.length),
      index: await indexOf(docker, stack, volume.Name),
      bornAt,
      ...looked,
    });
  }
  return { found, serving };
}

/** The last part of a database's address is 16 for the first generation, and counts up. */
async function indexOf(docker: Docker, stack: string, container: string): Promise<number | null> {
  try {
    const { NetworkSettings } = await docker.getContainer(container).inspect();
    const address = NetworkSettings.Networks[`${stack}-platform`]?.IPAMConfig?.IPv4Address;
    return address ? Number(address.split(".")[3]) - 16 : null;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}

async function look(
  docker: Docker,
  stack: string,
  volume: string,
  image: string,
): Promise<Pick<Found, "closed" | "control">> {
  const { stdout } = await runOneShot(docker, {
    name: `${stack}-look`,
    stack,
    role: "look",
    image,
    network: "none",
    argv: ["sh", "-uc", looking],
    volumes: [{ name: volume, path: "/var/lib/postgresql/data", readOnly: true }],
  });
  const value = (label: string) => stdout.match(new RegExp(`^${label}: +(\\S+)$`, "m"))?.[1];
  const systemIdentifier = value("Database system identifier");
  const lsn = value("Latest checkpoint location");
  const timeline = value("Latest checkpoint's TimeLineID");
  const control = systemIdentifier && lsn && timeline ? { systemIdentifier, lsn, timeline: Number(timeline) } : null;
  return { closed: /^closed$/m.test(stdout), control };
}

// A restore leaves the file as the user of PostgreSQL; the one of root was left by a look at rows of a generation that served.
const looking = `
cd /var/lib/postgresql/data
[ "$(stat -c %u isolated_hba.conf 2>/dev/null || echo 0)" = 0 ] || echo closed
LC_ALL=C pg_controldata pgdata`;

import type Docker from "dockerode";
import { isEvidence } from "../operations/isolation/names.ts";
import type { Owner } from "../operations/live/owner.ts";
import { readRecord, recordsName } from "../operations/live/records.ts";
import type { TargetService } from "../operations/router/goal.ts";
import { probeServices, type ServiceHealth } from "../operations/router/health.ts";
import { type RouterState, readRouter } from "../operations/router/state.ts";
import { bounded, type Probed, probeMilliseconds } from "./probe-bounded.ts";
import type { LiveDatabase } from "./probe-database.ts";

export interface LiveContainer {
  readonly name: string;
  readonly id: string;
  readonly running: boolean;
  /** Id of the image it was made from. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The live system as a run finds it. Reading it changes nothing. */
export interface Live {
  readonly docker: Probed<unknown>;
  readonly containers: Probed<ReadonlyMap<string, LiveContainer>>;
  readonly router: Probed<RouterState>;
  /** Undefined: nobody has claimed the stack yet. */
  readonly owner: Probed<Owner | undefined>;
  readonly health: Probed<readonly ServiceHealth[]>;
  /** The image that each reference (or `repository:tag` label) resolves to now; null when there is none. */
  readonly images: Probed<ReadonlyMap<string, LiveImage | null>>;
  /** Undefined: the stack has none. */
  readonly database: LiveDatabase | undefined;
}

export interface LiveImage {
  readonly id: string;
  /** User that its containers run as when they name none; empty: root. */
  readonly user: string;
}

/**
 * Looks at the live system: every probe at once, each bounded in time.
 * @param targets services that may get traffic in this run
 * @param references images to look up, by id, digest reference or `repository:tag`
 * @param database looks at the stack's database, each probe bounded; undefined: it has none
 */
export async function probeLive(
  docker: Docker,
  stack: string,
  targets: readonly TargetService[],
  references: readonly string[],
  database: (() => Promise<LiveDatabase>) | undefined,
): Promise<Live> {
  const [reachable, containers, router, owner, health, images, probed] = await Promise.all([
    bounded(() => docker.ping()),
    bounded(() => listContainers(docker, stack)),
    bounded(() => readRouter(docker, stack)),
    bounded(() => readOwner(docker, stack)),
    bounded(() => probeServices(docker, `${stack}-router`, targets, probeMilliseconds() / 2)),
    bounded(() => lookUpImages(docker, references)),
    database?.(),
  ]);
  return { docker: reachable, containers, router, owner, health, images, database: probed };
}

async function listContainers(docker: Docker, stack: string): Promise<ReadonlyMap<string, LiveContainer>> {
  const found = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } });
  const own = found
    .map(({ Id, Names, State, ImageID, Labels }): LiveContainer => {
      const name = Names[0]?.slice(1) ?? Id;
      return { name, id: Id, running: State === "running", image: ImageID, labels: Labels };
    })
    .filter(({ name }) => !isEvidence(stack, name));
  return new Map(own.map((container) => [container.name, container]));
}

async function readOwner(docker: Docker, stack: string): Promise<Owner | undefined> {
  const text = await readRecord(docker, stack, "owner.json");
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Owner;
  } catch {
    throw new Error(`expected JSON in owner.json of ${recordsName(stack)}`);
  }
}

async function lookUpImages(
  docker: Docker,
  references: readonly string[],
): Promise<ReadonlyMap<string, LiveImage | null>> {
  const found = await Promise.all(
    [...new Set(references)].map(async (reference) => {
      try {
        const { Id, Config } = await docker.getImage(reference).inspect();
        return [reference, { id: Id, user: Config.User ?? "" }] as const;
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return [reference, null] as const;
        throw error;
      }
    }),
  );
  return new Map(found);
}

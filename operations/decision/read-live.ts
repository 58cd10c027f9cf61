import type Docker from "dockerode";
import type { Names } from "../../decision/next.ts";
import type { Thresholds } from "../../decision/profiles.ts";
import type { Symptoms } from "../../decision/symptoms.ts";
import { bounded, type Probed } from "../../stacks/probe-bounded.ts";
import { type ColorName, otherColor } from "../../stacks/schema.ts";
import { readLogs } from "../live/logs.ts";
import { routerName } from "../router/state.ts";
import { readStatus, type StackStatus } from "../status/read.ts";
import { isCacheDown } from "./cache.ts";
import { type ContainerFacts, judgeContainers, readContainers } from "./containers.ts";
import { fewest, judgeRequests, parseAnswered, type RequestSymptoms, type Window } from "./requests.ts";
import { readConnections, readDisk } from "./room.ts";
import { auditNotes, isolated, lastChange, serving, sharedDown, sideOf } from "./seen.ts";

export interface LiveSymptoms {
  readonly symptoms: Symptoms;
  /** What was measured, though it may not be there. */
  readonly measured: readonly (keyof Symptoms)[];
  /** What was not measured and why, and what a person has to judge. */
  readonly notes: readonly string[];
  readonly names: Names;
}

/** Read at most, so that a busy router's log costs no more than a quiet one's. */
const lines = 20_000;

/**
 * What a stack shows by itself. It changes nothing and takes no lock; a part that is dead is unknown and hides no other.
 * @throws when there is no such stack on the Docker engine
 */
export async function readLive(docker: Docker, stack: string, thresholds: Thresholds): Promise<LiveSymptoms> {
  const [status, now] = await Promise.all([readStatus(docker, stack), hostTime(docker)]);
  const color = serving(status);
  const own = containersOf(status, color);
  if (own.length === 0 && "value" in status.router && status.router.value.kind === "absent")
    throw new Error(`expected the stack ${stack} on this Docker engine, got neither a router nor a container of it`);
  const change = lastChange(status);
  const since = "value" in change ? change.value : null;
  const [requests, containers, disk, connections, cacheDown] = await Promise.all([
    bounded(() => requestsOf(docker, stack, { now, serving: color, changed: since }, thresholds)),
    bounded(async () => judgeContainers(await readContainers(docker, [...own, routerName(stack)]), now, thresholds)),
    bounded(async () => ({ diskPercent: await readDisk(docker, stack) })),
    bounded(async () => (status.pooler ? connectionsOf(docker, stack, status.pooler) : {})),
    bounded(() => isCacheDown(docker, stack)),
  ]);
  const worst = "value" in containers ? containers.value.worst : undefined;
  const parts = [
    part("requests", ["errorPercent", "errorType", "latencySeconds"], requests),
    part(
      "containers",
      ["crash", "memoryPercent"],
      map(containers, ({ symptoms }) => symptoms),
    ),
    part("disk", ["diskPercent"], disk),
    part("connections", ["connectionsPercent"], connections),
    part(
      "the last change",
      ["sinceChangeMinutes"],
      map(change, (at) => (at === null ? {} : sinceOf(at, now))),
    ),
    // That these answer says nothing of what else both colors use.
    part("database and pooler", [], map(sharedDown(status), dependency)),
    part("cache", [], map(cacheDown, dependency)),
    part(
      "the other color",
      [],
      map(sideOf(status, otherColor(color ?? "blue")), (side) => (color ? { otherColor: side } : {})),
    ),
    part("isolation", [], isolated(status)),
  ];
  return {
    symptoms: Object.assign({}, ...parts.map(({ symptoms }) => symptoms)),
    measured: parts.flatMap(({ measured }) => measured),
    notes: [...parts.flatMap(({ notes }) => notes), ...routerNotes(worst), ...auditNotes(status)],
    names: {
      stack,
      ...(color && { idle: otherColor(color) }),
      ...(worst && { service: worst.service, container: worst.name }),
    },
  };
}

// `restart` is for services; the router is started as it is.
const routerNotes = (worst: ContainerFacts | undefined) =>
  worst && worst.service === undefined ? [`${worst.name} is no service; to start it: docker start ${worst.name}`] : [];

type Part = Pick<LiveSymptoms, "symptoms" | "measured" | "notes">;

function part(what: string, fields: readonly (keyof Symptoms)[], probed: Probed<Symptoms>): Part {
  if ("unknown" in probed) return { symptoms: {}, measured: [], notes: [`${what}: not known: ${probed.unknown}`] };
  const told = Object.keys(probed.value) as (keyof Symptoms)[];
  return { symptoms: probed.value, measured: [...new Set([...fields, ...told])], notes: [] };
}

const map = <From, To>(probed: Probed<From>, change: (value: From) => To): Probed<To> =>
  "value" in probed ? { value: change(probed.value) } : probed;

const dependency = (down: boolean): Symptoms => (down ? { dependencyDown: true } : {});

const sinceOf = (at: number, now: number) => ({ sinceChangeMinutes: Math.max(0, now - at) / 60_000 });

const hostTime = async (docker: Docker) => Date.parse((await docker.info()).SystemTime);

function containersOf({ containers }: StackStatus, color: ColorName | undefined): string[] {
  if ("unknown" in containers) return [];
  return containers.value.filter((container) => container.color === color).map(({ name }) => name);
}

async function requestsOf(
  docker: Docker,
  stack: string,
  { serving: color, ...when }: Omit<Window, "serving"> & { readonly serving: ColorName | undefined },
  thresholds: Thresholds,
): Promise<RequestSymptoms> {
  if (color === undefined) throw new Error("no color serves");
  const since = Math.floor(when.now / 1000) - 60 * (thresholds.patienceMinutes.minor + 1);
  const log = await readLogs(docker.getContainer(routerName(stack)), { stdout: true, tail: lines, since });
  const shown = judgeRequests(parseAnswered(log), { ...when, serving: color }, thresholds);
  if (shown) return shown;
  throw new Error(
    `fewer than ${fewest} on ${color} in the last minute, or since the last change, tell nothing of a share`,
  );
}

async function connectionsOf(docker: Docker, stack: string, pooler: NonNullable<StackStatus["pooler"]>) {
  if ("unknown" in pooler) throw new Error(pooler.unknown);
  return { connectionsPercent: await readConnections(docker, stack, pooler.value) };
}

import type Docker from "dockerode";
import type { Thresholds } from "../../decision/profiles.ts";
import type { Symptoms } from "../../decision/symptoms.ts";

/** What Docker tells of a container that serves. */
export interface ContainerFacts {
  readonly name: string;
  /** Unset: it is none of the colors' services. */
  readonly service: string | undefined;
  readonly running: boolean;
  readonly restarting: boolean;
  /** By Docker, of itself, since it was made. */
  readonly restarts: number;
  /** RFC 3339 */
  readonly startedAt: string;
  /** Its last end was for want of memory. */
  readonly outOfMemory: boolean;
  /** Percent of its limit; undefined: it does not run, or has none. */
  readonly memoryPercent: number | undefined;
}

export interface ContainerSymptoms {
  readonly symptoms: Pick<Symptoms, "crash" | "memoryPercent">;
  /** The one that crashed worst, else the service that is fullest; undefined: there is none. */
  readonly worst: ContainerFacts | undefined;
}

/** So many restarts are no accident. */
const loopRestarts = 3;

/** What the containers that serve show; `now` in ms since 1970, by the clock of the Docker host. */
export function judgeContainers(
  containers: readonly ContainerFacts[],
  now: number,
  { suspectMinutes }: Thresholds,
): ContainerSymptoms {
  const crashed = containers.flatMap((container) => {
    const crash = crashOf(container, now, suspectMinutes);
    return crash ? [{ container, crash }] : [];
  });
  const worstCrash = (["loop", "down", "once"] as const)
    .map((kind) => crashed.find(({ crash }) => crash === kind))
    .find((one) => one !== undefined);
  const memory = containers.map(memoryOf).sort((a, b) => b.percent - a.percent);
  const fullest = memory[0];
  return {
    symptoms: {
      ...(worstCrash && { crash: worstCrash.crash }),
      ...(fullest && { memoryPercent: fullest.percent }),
    },
    worst: worstCrash?.container ?? memory.find(({ container }) => container.service !== undefined)?.container,
  };
}

function crashOf({ running, restarting, restarts, startedAt }: ContainerFacts, now: number, recentMinutes: number) {
  const recent = now - Date.parse(startedAt) < recentMinutes * 60_000;
  if (restarting || (restarts >= loopRestarts && recent)) return "loop" as const;
  if (!running) return "down" as const;
  return restarts > 0 && recent ? ("once" as const) : undefined;
}

// Docker keeps the word of the last end until the next one.
const memoryOf = (container: ContainerFacts) => ({
  container,
  percent: container.outOfMemory && !container.running ? 100 : (container.memoryPercent ?? 0),
});

/** Asks Docker. A container that is gone meanwhile is left out. */
export async function readContainers(docker: Docker, names: readonly string[]): Promise<ContainerFacts[]> {
  const read = await Promise.all(names.map((name) => readContainer(docker, name)));
  return read.flatMap((facts) => facts ?? []);
}

async function readContainer(docker: Docker, name: string): Promise<ContainerFacts | undefined> {
  const container = docker.getContainer(name);
  try {
    const { State, Config, RestartCount } = await container.inspect();
    const running = State.Running && !State.Restarting;
    return {
      name,
      service: Config.Labels["switchback.service"],
      running,
      restarting: State.Restarting,
      restarts: RestartCount,
      startedAt: State.StartedAt,
      outOfMemory: State.OOMKilled,
      memoryPercent: running ? memoryPercent(await container.stats({ stream: false, "one-shot": true })) : undefined,
    };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** As `docker stats` counts: without the file cache that can go at once. */
function memoryPercent({ memory_stats: memory }: Docker.ContainerStats): number | undefined {
  if (!memory?.limit || memory.usage === undefined) return undefined;
  const cache = memory.stats?.inactive_file ?? 0;
  return (100 * Math.max(0, memory.usage - cache)) / memory.limit;
}

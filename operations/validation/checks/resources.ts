import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { exec } from "../../live/docker.ts";
import { recordsName } from "../../live/records.ts";
import { type Check, judged, unknown } from "../check.ts";
import { type Context, isRunning } from "../context.ts";

/** Processors and memory that the containers use, over a moment, and the disks under their volumes. */
export async function checkResources(context: Context): Promise<Check[]> {
  const { docker, depth, expectation } = context;
  const names = expectation.containers.map(({ name }) => name).filter((name) => isRunning(context, name));
  const [use, disks] = await Promise.all([measure(docker, names, depth === "quick" ? 100 : 5000), readDisks(context)]);
  const { cpuPercent, memoryPercent } = expectation.thresholds;
  if (use.length === 0) return [unknown("cpu", "no container runs"), unknown("memory", "no container runs"), ...disks];
  return [judgeCpu(use, cpuPercent), judgeMemory(use, memoryPercent), ...disks];
}

export interface Use {
  readonly container: string;
  /** Share of all processors of the engine. */
  readonly cpuPercent: number;
  /** Share of its limit, without its file cache; undefined: it has no limit. */
  readonly memoryPercent: number | undefined;
}

export function judgeCpu(use: readonly Use[], most: number): Check {
  const sum = use.reduce((total, { cpuPercent }) => total + cpuPercent, 0);
  const first = use.reduce((a, b) => (b.cpuPercent > a.cpuPercent ? b : a));
  const value = `${sum.toFixed(0)} %, most of it ${first.container}`;
  return judged(
    sum <= most,
    "cpu",
    value,
    `at most ${most} % of the engine's processors`,
    `see \`docker stats\`, \`docker logs ${first.container}\``,
  );
}

export function judgeMemory(use: readonly Use[], most: number): Check {
  const tell = ({ container, memoryPercent = 0 }: Use) => `${container} ${memoryPercent.toFixed(0)} %`;
  const over = use.filter(({ memoryPercent = 0 }) => memoryPercent > most);
  const first = use.reduce((a, b) => ((b.memoryPercent ?? 0) > (a.memoryPercent ?? 0) ? b : a));
  const value = over.length > 0 ? over.map(tell).join(", ") : `at most ${tell(first)}`;
  return judged(
    over.length === 0,
    "memory",
    value,
    `at most ${most} % of its limit`,
    "raise its `memoryMb`, and look for what grows",
  );
}

async function measure(docker: Docker, names: readonly string[], milliseconds: number): Promise<Use[]> {
  const sample = () => Promise.all(names.map((name) => readStats(docker, name)));
  const before = await sample();
  await sleep(milliseconds);
  const after = await sample();
  return names.flatMap((container, at) => {
    const [a, b] = [before[at], after[at]];
    if (!a || !b) return [];
    const cpuPercent = (100 * (b.cpuNanoseconds - a.cpuNanoseconds)) / (Math.max(1, b.at - a.at) * 1e6 * b.processors);
    return [{ container, cpuPercent: Math.max(0, cpuPercent), memoryPercent: b.memoryPercent }];
  });
}

async function readStats(docker: Docker, name: string) {
  try {
    const stats = await docker.getContainer(name).stats({ stream: false, "one-shot": true });
    const {
      usage = 0,
      limit = 0,
      stats: detail,
    } = stats.memory_stats as { usage?: number; limit?: number; stats?: Record<string, number> };
    // Docker's own reckoning, for both versions of cgroups.
    const cached = detail?.total_inactive_file ?? detail?.inactive_file ?? 0;
    return {
      at: Date.parse(stats.read),
      cpuNanoseconds: stats.cpu_stats.cpu_usage.total_usage,
      processors: stats.cpu_stats.online_cpus || 1,
      memoryPercent: limit > 0 ? (100 * (usage - cached)) / limit : undefined,
    };
  } catch {
    return undefined;
  }
}

async function readDisks(context: Context): Promise<Check[]> {
  const { docker, stack, expectation, serving } = context;
  const places = [
    { name: "disk of the records", container: recordsName(stack), path: "/records" },
    { name: "disk of the router", container: `${stack}-router`, path: "/var/lib/switchback" },
    ...(serving && "value" in serving
      ? [
          { name: "disk of the database", container: serving.value.container, path: "/var/lib/postgresql/data" },
          { name: "disk of the backups", container: serving.value.container, path: "/var/lib/pgbackrest" },
        ]
      : []),
    ...(expectation.cache ? [{ name: "disk of the cache", container: expectation.cache, path: "/data" }] : []),
  ];
  const checks: Check[] = [];
  // One after the other: there is time, while processors are measured.
  for (const { name, container, path } of places) {
    if (isRunning(context, container)) {
      const { stdout, stderr } = await exec(docker, container, ["sh", "-c", `df -Pk ${path}; df -Pi ${path}`]);
      checks.push(judgeDisk(name, stdout, stderr, expectation.thresholds.diskPercent));
    } else checks.push(unknown(name, `${container} does not run`));
  }
  return checks;
}

/** @param text what `df -Pk` and then `df -Pi` printed of one path; `-`: the filesystem counts no inodes */
export function judgeDisk(name: string, text: string, error: string, most: number): Check {
  const [bytes, inodes] = [...text.matchAll(/\s(\d+)\s+(\d+)\s+(\d+)\s+(\d+%|-)\s+\S+$/gm)].map(
    ([, , , free, used = ""]) => ({
      free: Number(free),
      percent: Number.parseInt(used, 10) || 0,
    }),
  );
  if (!bytes) return unknown(name, error.trim() || "df told nothing");
  const value = `${bytes.percent} %, ${(bytes.free / 1024 ** 2).toFixed(1)} GiB free${inodes ? `; ${inodes.percent} % of the inodes` : ""}`;
  const passed = bytes.percent <= most && (inodes?.percent ?? 0) <= most;
  return judged(
    passed,
    name,
    value,
    `at most ${most} %`,
    "make room: `switchback gc` removes what Switchback needs no more, `docker system df` tells what else there is",
  );
}

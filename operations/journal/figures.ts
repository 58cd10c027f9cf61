import type { Change } from "./changes.ts";

/** How long a kind of change may take, in seconds. */
export interface Objectives {
  readonly levels: Readonly<Partial<Record<"1" | "2" | "3", number>>>;
  /** By operation, such as `router`, `schema`, `restore`. */
  readonly components: Readonly<Record<string, number>>;
}

/** Times in milliseconds; null: there is nothing to measure. */
export interface Spread {
  readonly n: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

export interface Measured extends Spread {
  readonly targetMs: number | null;
  /** Share within the target, 0 to 1; null: no target, or nothing measured. */
  readonly within: number | null;
}

export interface Figures {
  readonly changes: number;
  readonly byStatus: Readonly<Record<Change["status"], number>>;
  /** Of those that ran to an end, done or failed: share that was done. */
  readonly successRate: number | null;
  /** Rollbacks and recoveries that were done: how long each took, from the start of its run. Its mean is the MTTR. */
  readonly recovery: Spread;
  /** From the end of the deployment that failed to the end of the rollback that left it: DORA's. */
  readonly failedDeploymentRecovery: Spread;
  readonly downtimeMs: number;
  readonly failedRequests: number;
  readonly rollbacks: number;
  /** Rollbacks whose release went live again, unchanged, within the window: there was nothing to go back from. */
  readonly falseRollbacks: number;
  /** Of the rollbacks and recoveries that were tried: share that was done, was not false and needed no other within the window. */
  readonly recoveryAccuracy: number | null;
  readonly levels: Readonly<Record<string, Measured>>;
  readonly components: Readonly<Record<string, Measured>>;
  readonly reasons: Readonly<Record<string, number>>;
}

/** Within this time a rollback that is taken back counts as false, and a second recovery as a sign that the first one failed. */
export const windowMs = 60 * 60 * 1000;

/** What changes, oldest first, come to. Pure; `objectives` are what durations are held against. */
export function figuresOf(changes: readonly Change[], objectives: Objectives): Figures {
  const ran = changes.filter(({ status }) => status === "done" || status === "failed");
  const done = changes.filter(({ status }) => status === "done");
  const tried = ran.filter(recovers);
  const recovered = tried.filter(({ status }) => status === "done");
  const falses = recovered.filter((change) => isFalse(change, changes));
  const accurate = recovered.filter((change) => !isFalse(change, changes) && !hasFollower(change, tried));
  const levels = ["1", "2", "3"].map((level) => {
    const times = done.filter((change) => `${change.level}` === level).map(duration);
    return [level, measured(times, objectives.levels[level as "1"])] as const;
  });
  const names = [
    ...new Set([
      ...ran.flatMap(({ parts }) => parts.map(({ component }) => component)),
      ...Object.keys(objectives.components),
    ]),
  ];
  const components = names.sort().map((name) => {
    const times = ran.flatMap(({ parts }) =>
      parts.filter(({ component }) => component === name).map(({ durationMs }) => durationMs),
    );
    return [name, measured(times, objectives.components[name])] as const;
  });
  const sum = (of: (change: Change) => number) => changes.reduce((total, change) => total + of(change), 0);
  return {
    changes: changes.length,
    byStatus: count(
      ["done", "failed", "refused", "aborted", "started"],
      changes.map(({ status }) => status),
    ),
    successRate: share(done.length, ran.length),
    recovery: spread(recovered.map(duration)),
    failedDeploymentRecovery: spread(recovered.flatMap((change) => sinceDeployment(change, done))),
    downtimeMs: sum(({ downtimeMs }) => downtimeMs ?? 0),
    failedRequests: sum(({ failedRequests }) => failedRequests ?? 0),
    rollbacks: recovered.filter(({ kind }) => kind === "rollback").length,
    falseRollbacks: falses.length,
    recoveryAccuracy: share(accurate.length, tried.length),
    levels: Object.fromEntries(levels),
    components: Object.fromEntries(components),
    reasons: count(
      [],
      changes.map(({ reason }) => reason || "(none)"),
    ),
  };
}

/** Whether a change is there to end an incident. */
export const recovers = ({ kind }: Change): boolean => kind === "rollback" || kind === "recovery";

const duration = ({ durationMs }: Change): number => durationMs ?? 0;
const endOf = ({ endedAt, startedAt }: Change): number => Date.parse(endedAt ?? startedAt);
/** The release of `green 1.1.0`. */
const release = (side: string | null): string | undefined => side?.split(" ")[1];

function isFalse(change: Change, changes: readonly Change[]): boolean {
  if (change.kind !== "rollback") return false;
  return changes.some(
    (later) =>
      later.status === "done" &&
      endOf(later) > endOf(change) &&
      endOf(later) - endOf(change) <= windowMs &&
      release(later.to) !== undefined &&
      release(later.to) === release(change.from),
  );
}

const hasFollower = (change: Change, tried: readonly Change[]): boolean =>
  tried.some((later) => {
    const after = Date.parse(later.startedAt) - endOf(change);
    return later !== change && after >= 0 && after <= windowMs;
  });

/** The deployment that put live what a rollback left. */
function sinceDeployment(change: Change, done: readonly Change[]): number[] {
  if (change.kind !== "rollback") return [];
  const deployed = done.findLast(
    (earlier) =>
      endOf(earlier) < endOf(change) && earlier.kind !== "rollback" && release(earlier.to) === release(change.from),
  );
  return deployed ? [endOf(change) - endOf(deployed)] : [];
}

function measured(times: readonly number[], targetSeconds: number | undefined): Measured {
  const targetMs = targetSeconds === undefined ? null : targetSeconds * 1000;
  const within = targetMs === null ? null : share(times.filter((time) => time <= targetMs).length, times.length);
  return { ...spread(times), targetMs, within };
}

function spread(times: readonly number[]): Spread {
  if (times.length === 0) return { n: 0, meanMs: null, p50Ms: null, p95Ms: null, maxMs: null };
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1]!;
  const meanMs = Math.round(sorted.reduce((sum, time) => sum + time, 0) / sorted.length);
  return { n: sorted.length, meanMs, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: sorted.at(-1)! };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function count<Name extends string>(names: readonly Name[], values: readonly Name[]): Record<Name, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

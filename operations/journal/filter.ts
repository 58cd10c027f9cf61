import type { Change } from "./changes.ts";

/** What of the history is asked for; what is undefined filters nothing. */
export interface Filter {
  /** RFC 3339, or a number of hours or days back: `24h`, `7d`. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly level?: string | undefined;
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  /** Part of the reason, whatever its case. */
  readonly reason?: string | undefined;
  readonly actor?: string | undefined;
  /** The last so many. */
  readonly limit?: string | undefined;
}

/** The changes that a filter lets through, oldest first. @throws naming the flag that says nothing */
export function filterChanges(changes: readonly Change[], filter: Filter, now: number): Change[] {
  const since = filter.since === undefined ? undefined : timeOf("since", filter.since, now);
  const until = filter.until === undefined ? undefined : timeOf("until", filter.until, now);
  const limit = filter.limit === undefined ? undefined : countOf(filter.limit);
  const statuses = listOf("status", filter.status, ["done", "failed", "refused", "aborted", "started"]);
  const levels = listOf("level", filter.level, ["0", "1", "2", "3"]);
  const has = (whole: string, part: string | undefined) =>
    part === undefined || whole.toLowerCase().includes(part.toLowerCase());
  const found = changes.filter(
    (change) =>
      (since === undefined || Date.parse(change.startedAt) >= since) &&
      (until === undefined || Date.parse(change.startedAt) <= until) &&
      (levels === undefined || levels.includes(`${change.level}`)) &&
      (statuses === undefined || statuses.includes(change.status)) &&
      (filter.kind === undefined || filter.kind.split(",").includes(change.kind)) &&
      has(change.reason, filter.reason) &&
      has(change.actor, filter.actor),
  );
  return limit === undefined ? found : found.slice(-limit);
}

const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(flag: string, value: string, now: number): number {
  const [, number, name] = /^(\d+)([mhd])$/.exec(value) ?? [];
  const time = number ? now - Number(number) * unit[name as "m"] : Date.parse(value);
  if (!Number.isNaN(time)) return time;
  throw new Error(`--${flag}: expected a time such as 2026-11-21T02:00:00Z, or 30m, 24h, 7d back, got ${value}`);
}

function listOf(flag: string, value: string | undefined, known: readonly string[]): string[] | undefined {
  const wrong = value?.split(",").find((one) => !known.includes(one));
  if (wrong === undefined) return value?.split(",");
  throw new Error(`--${flag}: expected some of ${known.join(",")}, got ${wrong}`);
}

function countOf(value: string): number {
  if (/^[1-9]\d*$/.test(value)) return Number(value);
  throw new Error(`--limit: expected a number of changes, got ${value}`);
}

import type { Order } from "./ledger.ts";
import type { Kind } from "./options.ts";

/** One request; times are milliseconds since 1970 on this machine's clock. */
export interface RequestRecord {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  /** `X-Switchback-Color` of the answer. */
  readonly color: string | null;
  /** Why it failed; null: answered with 2xx and the expected body. */
  readonly failure: string | null;
}

export interface WebSocketCounts {
  /** Connections that were opened, reconnections included. */
  readonly opened: number;
  /** Ended by a close frame of the application, or by the client after a reconnect message. */
  readonly closed: number;
  /** Ended without a close frame. */
  readonly dropped: number;
  /** Attempts that were not upgraded. */
  readonly refused: number;
}

export interface LoadResult {
  readonly requests: readonly RequestRecord[];
  readonly webSockets: WebSocketCounts;
  /** Orders that were answered with 201. */
  readonly acknowledged: readonly Order[];
}

export interface Totals {
  readonly requests: number;
  readonly failed: number;
  /** Failures by reason. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Counts the requests that were started in [from, to). */
export function totals(records: readonly RequestRecord[], from = 0, to = Number.POSITIVE_INFINITY): Totals {
  const failures: Record<string, number> = {};
  let requests = 0;
  let failed = 0;
  for (const { start, failure } of records) {
    if (start < from || start >= to) continue;
    requests++;
    if (failure === null) continue;
    failed++;
    failures[failure] = (failures[failure] ?? 0) + 1;
  }
  return { requests, failed, failures };
}

/**
 * Seconds from an instant until no new request reached the old color: the start of the last request that the old
 * color still answered, before the traffic moves again at `until`.
 */
export function moveSeconds(
  records: readonly RequestRecord[],
  oldColor: string,
  since: number,
  until = Number.POSITIVE_INFINITY,
): number {
  let last = since;
  for (const { start, color } of records) {
    if (color === oldColor && start > last && start < until) last = start;
  }
  return (last - since) / 1000;
}

/**
 * Seconds that requests waited at most: the longest answer to a request started in [from, to). Those that are slow by
 * themselves are left out.
 */
export function heldSeconds(records: readonly RequestRecord[], from: number, to: number): number {
  let longest = 0;
  for (const { kind, start, end } of records) {
    if (kind !== "slow" && start >= from && start < to) longest = Math.max(longest, end - start);
  }
  return longest / 1000;
}

/** The p-th percentile (0 to 100) by nearest rank. @throws when there are no values */
export function percentile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new Error("expected at least one value, got none");
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]!;
}

import type Docker from "dockerode";
import { readLogs } from "../live/logs.ts";
import { parseAccessLog } from "./access-log.ts";
import { routerName } from "./state.ts";

/** Requests that failed before a change ended it. */
export interface Outage {
  /** From the first failed request to the last one of them, in seconds, by the router's log, which tells whole seconds. */
  readonly downtimeSeconds: number;
  /** Answers of 500 and above from a color in that time. */
  readonly failedRequests: number;
  /** The log that was read does not go back to where it began: both figures are at least so large. */
  readonly cut: boolean;
}

/** Read at most, so that a busy router's log costs no more than a quiet one's. */
const lines = 20_000;
/** Failures that follow each other within this time belong together. */
const gapSeconds = 10;
/** An outage whose last failure is longer ago was over before the change. */
const recentSeconds = 60;

/** When the traffic moved, and when it had moved before that, in ms since 1970: an earlier outage was the earlier move's. */
export interface Between {
  readonly since: number;
  readonly moved: number;
}

/** What the router's log tells of the outage that a change ended; null: its log cannot be read. */
export async function readOutage(docker: Docker, stack: string, times: Between): Promise<Outage | null> {
  const container = docker.getContainer(routerName(stack));
  const log = await readLogs(container, { stdout: true, tail: lines }).catch(() => undefined);
  return log === undefined ? null : outageOf(log, times, log.split("\n").length > lines);
}

export function outageOf(log: string, { since, moved }: Between, full: boolean): Outage {
  // Without an upstream nobody was asked: maintenance, or a hold.
  const answers = parseAccessLog(log).filter(({ upstreams }) => upstreams[0] !== "-");
  // What was asked before the traffic moved last may have failed after it, and was still its outage.
  const failures = answers
    .filter(({ ended, seconds, status }) => status >= 500 && ended - seconds * 1000 > since && ended <= moved)
    .map(({ ended }) => ended);
  const last = failures.at(-1);
  if (last === undefined || moved - last > recentSeconds * 1000)
    return { downtimeSeconds: 0, failedRequests: 0, cut: false };
  let begin = failures.length - 1;
  while (begin > 0 && failures[begin]! - failures[begin - 1]! <= gapSeconds * 1000) begin -= 1;
  const first = failures[begin]!;
  return {
    downtimeSeconds: Math.min(moved, last + 1000) / 1000 - first / 1000,
    failedRequests: failures.length - begin,
    cut: full && first - answers[0]!.ended <= gapSeconds * 1000,
  };
}

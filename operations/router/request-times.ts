import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { readLogs } from "../live/logs.ts";
import { isWebSocket, parseAccessLog } from "./access-log.ts";
import { routerName } from "./state.ts";

/** A request that a color has answered, as the router's log tells it. */
export interface RequestTime {
  readonly color: ColorName;
  /** `address:port` of the replica that answered last. */
  readonly upstream: string;
  /** Earliest moment at which it may have come in, in ms since 1970: the log tells its end to the second. */
  readonly began: number;
  readonly seconds: number;
}

/** Read at most, so that a busy router's log costs no more than a quiet one's. */
const lines = 5000;

/** The requests that a stack's router has logged last, WebSockets left out. @throws when its log cannot be read */
export async function readRequestTimes(docker: Docker, stack: string): Promise<RequestTime[]> {
  return parseTimes(await readLogs(docker.getContainer(routerName(stack)), { stdout: true, tail: lines }));
}

export function parseTimes(log: string): RequestTime[] {
  return parseAccessLog(log).flatMap((request) => {
    const upstream = request.upstreams.at(-1)!;
    if (isWebSocket(request) || !/:\d+$/.test(upstream)) return [];
    const { color, ended, seconds } = request;
    return [{ color, upstream, began: ended - seconds * 1000, seconds }];
  });
}

/** The time that 99 % of the requests did not take longer than, in seconds; the requests are at least one. */
export function percentile99(times: readonly RequestTime[]): number {
  const sorted = times.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return sorted[Math.ceil(0.99 * sorted.length) - 1]!;
}

import type { ColorName } from "../../stacks/schema.ts";

/** A request of a color, as the router's log tells it. */
export interface Logged {
  readonly color: ColorName;
  /** When it ended, in ms since 1970; the log tells it to the second. */
  readonly ended: number;
  readonly status: number;
  readonly seconds: number;
  /** Who was asked, in that order: `address:port` of replicas; `-` alone: nobody, for maintenance or a hold. */
  readonly upstreams: readonly string[];
}

// The log format of images/router/nginx/common.conf; nginx writes a quote in a URI as \x22.
const line = /^(\S+) \S+ "[^"]*" (\d{3}) \d+ ([\d.]+)s color=(blue|green) release=\S* upstream=([^\s,]+(?:, [^\s,]+)*)/;

/** The requests of a log's text that went to a color; every other line is left out. */
export function parseAccessLog(log: string): Logged[] {
  return log.split("\n").flatMap((text) => {
    const [, ended = "", status, seconds, color, upstreams = ""] = line.exec(text) ?? [];
    if (color === undefined) return [];
    return [
      {
        color: color as ColorName,
        ended: Date.parse(ended),
        status: Number(status),
        seconds: Number(seconds),
        upstreams: upstreams.split(", "),
      },
    ];
  });
}

/** Whether a connection was upgraded: its time is that of a session. */
export const isWebSocket = ({ status }: Pick<Logged, "status">): boolean => status === 101;

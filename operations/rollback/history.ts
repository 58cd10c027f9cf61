import type { ColorName } from "../../stacks/schema.ts";

/** A release began to get the traffic. */
export interface Served {
  readonly color: ColorName;
  readonly release: string;
  /** RFC 3339 */
  readonly at: string;
}

/** A line of the journal, as far as it is asked for here. */
export interface Line {
  readonly at: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Who got the traffic, oldest first, as the journal's `switched` lines tell it. Maintenance and isolation are nobody. */
export function servedIn(lines: readonly Line[]): Served[] {
  return lines.flatMap(({ event, to, at }) => {
    const [, color, release] = /^(blue|green) ([\w][\w.-]*)/.exec(event === "switched" ? String(to) : "") ?? [];
    return color && release ? [{ color: color as ColorName, release, at }] : [];
  });
}

/**
 * The line of releases that leads to the one that serves, oldest first, each with when it last began to serve. A release
 * that is still in the line is gone back to, which leaves those after it; any other one is put at its end. So what was
 * rolled back from is not in the line, however lately it served, until it is deployed again.
 */
export function lineOf(served: readonly Served[]): Served[] {
  const line: Served[] = [];
  for (const one of served) {
    const at = line.findIndex(({ release }) => release === one.release);
    line.splice(at < 0 ? line.length : at, Number.POSITIVE_INFINITY, one);
  }
  return line;
}

/** What served before in the line that leads to the one that serves; undefined: nothing did. */
export const previousOf = (served: readonly Served[]): Served | undefined => lineOf(served).at(-2);

/** Releases that served and are not in the line any more: somebody went back from them. */
export function leftIn(served: readonly Served[]): ReadonlySet<string> {
  const line = new Set(lineOf(served).map(({ release }) => release));
  return new Set(served.map(({ release }) => release).filter((release) => !line.has(release)));
}

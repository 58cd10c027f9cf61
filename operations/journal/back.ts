import { type Line, lineOf, servedIn } from "../rollback/history.ts";

/**
 * Whether moving the traffic to `release` goes back: it is in the line of releases that leads to the one that serves now.
 * A release that was gone back from is not in the line until it is deployed again.
 */
export const isBack = (lines: readonly Line[], release: string | null): boolean =>
  lineOf(servedIn(lines))
    .slice(0, -1)
    .some((served) => served.release === release);

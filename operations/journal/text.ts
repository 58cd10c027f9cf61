import type { Change } from "./changes.ts";

/** One line per change: `[TS] LEVEL=… FROM=… TO=… DURATION=… STATUS=… REASON=…`. */
export const textOf = (changes: readonly Change[]): string =>
  changes
    .map(({ startedAt, level, from, to, durationMs, status, reason }) => {
      const took = durationMs === undefined ? "-" : `${(durationMs / 1000).toFixed(1)}s`;
      const fields = [`LEVEL=${level ?? "-"}`, `FROM=${value(from)}`, `TO=${value(to)}`, `DURATION=${took}`];
      return `[${startedAt}] ${fields.join(" ")} STATUS=${status} REASON=${JSON.stringify(reason)}\n`;
    })
    .join("");

const value = (side: string | null) => (side === null ? "-" : /^[\w.:@-]+$/.test(side) ? side : JSON.stringify(side));

import type { JournalEntry } from "../live/journal.ts";
import type { JournalLine } from "./line.ts";

export interface Stopped {
  readonly interrupted: boolean;
  /** In ms since 1970. */
  readonly began: number;
}

/** The clock of the Docker host may be another one. */
const slackMs = 5000;

/** The line that an `up` without success owes the journal; undefined: it has written its end, or did not get to begin. */
export function missingEnd(lines: readonly JournalLine[], { interrupted, began }: Stopped): JournalEntry | undefined {
  const own = lines.filter(({ at }) => Date.parse(at) >= began - slackMs);
  if (own.some(({ event }) => event === "refused")) return undefined;
  // What has an end is told: it may be the run before, just as well. An operation that was stopped takes it for a failure.
  const isTold = ({ event, at }: JournalLine) =>
    ends.includes(event) && !(interrupted && event === "failed" && Date.parse(at) >= began);
  const ended = new Set(own.flatMap((line) => (isTold(line) ? [line.run] : [])));
  const begun = own.findLast(({ event, run }) => event === "begun" && !ended.has(run));
  const what = { operation: "up", ...(begun && told(begun)) };
  if (interrupted) return { ...what, event: "aborted", error: "stopped by who ran it" };
  if (!begun) return undefined;
  return { ...what, event: "failed", error: "the update failed outside of its operations; its output says where" };
}

const ends = ["ended", "failed", "aborted"];

const told = ({ level, from, to, run, reason }: JournalLine) => ({ level, from, to, run, reason });

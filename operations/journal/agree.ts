import type { Change } from "./changes.ts";

/** An entry of `pulumi stack history --json`. */
export interface Update {
  readonly kind: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly result: string;
}

/** The engine tells whole seconds, and its clock may be another one than that of the Docker host. */
const slackMs = 5000;

/**
 * Where the journal and the engine's own history tell different things: a change by `up` that no update is about, or one
 * with another result. Changes from before the history's first update are not asked for.
 */
export function disagreements(changes: readonly Change[], updates: readonly Update[]): string[] {
  const first = Math.min(...updates.map(({ startTime }) => Date.parse(startTime)));
  const ran = changes.filter(
    ({ verdict, status }) => verdict !== undefined && (status === "done" || status === "failed"),
  );
  return ran.flatMap((change) => {
    const at = Date.parse(change.startedAt);
    if (!(at >= first)) return [];
    const update = updates.filter((one) => apart(one, at) <= slackMs).sort((a, b) => apart(a, at) - apart(b, at))[0];
    const what = `the change that began at ${change.startedAt} (line ${change.seqs[0]})`;
    if (!update) return [`${what}: expected an update in the engine's history, got none`];
    const result = change.status === "done" ? "succeeded" : "failed";
    return update.result === result
      ? []
      : [`${what}: expected the result ${result} as the journal tells it, got ${update.result}`];
  });
}

/** How long before or after an update a moment is, in ms; 0: within it. The engine leaves out what is less than a second. */
function apart({ startTime, endTime }: Update, at: number): number {
  const end = endTime ? Date.parse(endTime) + 999 : Number.POSITIVE_INFINITY;
  return Math.max(0, Date.parse(startTime) - at, at - end);
}

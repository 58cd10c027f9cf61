import type { Edit } from "./edits.ts";
import type { Line } from "./history.ts";

/** A rollback that was begun and has no end in the journal. */
export interface Unfinished {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
  readonly to: string;
  /** The last step that it began. */
  readonly step: string;
  readonly edits: readonly Edit[];
}

/** The last rollback, when it was cut off; undefined: it came to its end, or there was none. */
export function unfinishedIn(lines: readonly Line[]): Unfinished | undefined {
  const own = lines.filter(({ operation }) => operation === "rollback");
  const begun = own.findLast(({ event }) => event === "rollback-begun");
  if (!begun) return undefined;
  const later = own.filter(({ id }) => id === begun.id);
  if (later.some(({ event }) => event === "rollback-ended")) return undefined;
  const { at, id, actor, reason, to, edits } = begun;
  const step = later.findLast(({ event }) => event === "rollback-step")?.step ?? "capture";
  return {
    ...{ at, id: String(id), actor: String(actor), reason: String(reason), to: String(to), step: String(step) },
    edits: (edits ?? []) as Edit[],
  };
}

/** What is known of it, and what to do. @param applied whether the config has its edits */
export function explain({ at, actor, reason, to, step }: Unfinished, applied: boolean, stack: string): string[] {
  const config = applied
    ? `the config has its changes: \`switchback up --stack ${stack}\` goes on with it, and this rollback replaces it`
    : "the config does not have its changes: it changed nothing, and there is nothing to take back";
  return [
    `a rollback to ${to} was cut off: begun at ${at} by ${actor}, "${reason}", in step "${step}"`,
    config,
    `what the live system has of it: switchback status --stack ${stack}`,
  ];
}

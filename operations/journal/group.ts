import type { JournalLine } from "./line.ts";

/** A `switchback rollback` that was begun and, until its own end, runs one `up` or several. */
interface Open {
  readonly id: string;
  readonly reason: unknown;
}

const ends = new Set(["rollback-ended", "refused", "aborted"]);

/**
 * The lines that tell of one change each, by its id: those of one run, of one operation by hand, or of one `switchback
 * rollback` with the runs that it makes.
 */
export function groupLines(lines: readonly JournalLine[]): Map<string, JournalLine[]> {
  const groups = new Map<string, JournalLine[]>();
  const owner = new Map<string, string>();
  let open: Open | undefined;
  for (const line of lines) {
    const { event, operation, run, reason } = line;
    if (operation === "rollback" && event === "rollback-begun") open = { id: String(line.id), reason };
    // What somebody else runs after a rollback was killed has another reason.
    const inside = open && operation === "up" && (event === "begun" || event === "refused") && reason === open.reason;
    if (inside && typeof run === "string") owner.set(run, open!.id);
    const id = inside ? open!.id : (owner.get(String(run)) ?? idOf(line));
    const group = groups.get(id);
    if (group) group.push(line);
    else groups.set(id, [line]);
    if (operation === "rollback" && ends.has(event)) open = undefined;
  }
  return groups;
}

/** A refusal has no run: nothing ran. What was done by hand has one epoch, or one line. */
function idOf({ event, run, epoch, operation, seq, id }: JournalLine): string {
  if (operation === "rollback" && typeof id === "string") return id;
  if (event === "refused" || (event === "aborted" && !run)) return `${seq}`;
  if (typeof run === "string") return run;
  return typeof epoch === "string" ? `${operation}:${epoch}` : `${seq}`;
}

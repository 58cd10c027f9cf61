import type { JournalLine } from "./line.ts";

export type ChangeStatus = "done" | "failed" | "refused" | "aborted" | "started";

/** One part of a change: what one operation did, and how long it took. */
export interface ChangePart {
  /** Operation, such as `router` or `schema`. */
  readonly component: string;
  readonly durationMs: number;
}

/** A change of the live system, or an attempt at one, out of the journal's lines of one run. */
export interface Change {
  /** The run's, else the number of its first line. */
  readonly id: string;
  /** `rollback`: the traffic went back; `recovery`: other data; else what the operation does. */
  readonly kind:
    | "deploy"
    | "rollback"
    | "recovery"
    | "schema"
    | "platform"
    | "isolation"
    | "restore"
    | "rows"
    | "files"
    | "change";
  readonly level: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string;
  readonly actor: string;
  readonly gitAuthor?: string;
  readonly ci?: string;
  readonly verdict?: string;
  readonly checks?: readonly { readonly name: string; readonly answer: string; readonly detail: string }[];
  /** RFC 3339 */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  /** Time in which requests failed before the change ended it, by the router's log; absent: no traffic moved. */
  readonly downtimeMs?: number;
  readonly failedRequests?: number;
  readonly status: ChangeStatus;
  readonly error?: string;
  readonly parts: readonly ChangePart[];
  /** Numbers of its lines, first and last. */
  readonly seqs: readonly [number, number];
}

/** Folds the journal's lines, oldest first, into changes, by their beginning. Lines that tell of no change are left out. */
export function changesOf(lines: readonly JournalLine[]): Change[] {
  const groups = new Map<string, JournalLine[]>();
  for (const line of lines.filter(
    ({ event, operation }) => closing.has(event) || opening.has(event) || operation === "up",
  )) {
    const id = idOf(line);
    const group = groups.get(id);
    if (group) group.push(line);
    else groups.set(id, [line]);
  }
  return [...groups].map(([id, group]) => changeOf(id, group));
}

const opening = new Set(["begun", "switching", "holding", "restoring"]);
const closing = new Map<string, Change["kind"]>([
  ["switched", "deploy"],
  ["migrated", "schema"],
  ["promoted", "recovery"],
  ["restored", "restore"],
  ["platform", "platform"],
  ["isolated", "isolation"],
  ["isolation-ended", "isolation"],
  ["isolation-cleared", "isolation"],
  ["recovered-rows", "rows"],
  ["restored-files", "files"],
  ["failed", "change"],
]);
/** What a change is called by, the most telling first. */
const telling = ["promoted", "restored", "isolated", "isolation-ended", "isolation-cleared", "switched", "migrated"];

/** A refusal has no run: nothing ran. What was done by hand has one epoch, or one line. */
function idOf({ event, run, epoch, operation, seq }: JournalLine): string {
  if (event === "refused" || (event === "aborted" && !run)) return `${seq}`;
  if (typeof run === "string") return run;
  return typeof epoch === "string" ? `${operation}:${epoch}` : `${seq}`;
}

function changeOf(id: string, lines: readonly JournalLine[]): Change {
  const [first, last] = [lines[0]!, lines.at(-1)!];
  const of = (...events: readonly string[]) => lines.findLast(({ event }) => events.includes(event));
  const begun = of("begun", "refused");
  const switched = of("switched");
  const main = telling.map((event) => of(event)).find(Boolean) ?? begun ?? first;
  const status = statusOf(lines);
  const ended = status === "started" ? undefined : last;
  const startedAt = begun?.at ?? startOf(first);
  const error = of("failed", "aborted", "refused")?.error;
  const sides =
    begun && main.event !== "promoted" && main.event !== "restored" ? { ...main, ...sidesOf(begun, main) } : main;
  const texts = (name: string) => text(begun?.[name]) ?? text(first[name]);
  return {
    id,
    kind: kindOf(lines, main),
    level: number(Math.max(...lines.map(({ level }) => number(level) ?? -1))) ?? null,
    from: text(sides.from) ?? null,
    to: text(sides.to) ?? text(main.generation) ?? null,
    reason: texts("reason") ?? "",
    actor: texts("actor") ?? "",
    ...optional("gitAuthor", texts("gitAuthor")),
    ...optional("ci", texts("ci")),
    ...optional("verdict", text(begun?.verdict)),
    ...(Array.isArray(begun?.checks) && { checks: begun.checks }),
    startedAt,
    ...(ended && { endedAt: ended.at, durationMs: Math.max(0, Date.parse(ended.at) - Date.parse(startedAt)) }),
    ...(switched && { downtimeMs: (number(switched.downtimeSeconds) ?? 0) * 1000 }),
    ...(switched && { failedRequests: (number(switched.failedRequests) ?? 0) + (number(switched.failed) ?? 0) }),
    status,
    ...optional("error", text(error)),
    parts: lines.flatMap(partOf),
    seqs: [first.seq, last.seq],
  };
}

const sidesOf = (begun: JournalLine, main: JournalLine) =>
  main.event === "switched" ? { from: main.from, to: main.to } : { from: begun.from, to: begun.to };

function statusOf(lines: readonly JournalLine[]): ChangeStatus {
  const has = (event: string) => lines.some((line) => line.event === event);
  if (has("refused")) return "refused";
  if (has("aborted")) return "aborted";
  if (has("failed")) return "failed";
  if (has("ended")) return "done";
  if (has("begun")) return "started";
  return lines.some(({ event }) => closing.has(event)) && !unfinished(lines) ? "done" : "started";
}

/** An operation by hand that has begun and not ended. */
function unfinished(lines: readonly JournalLine[]): boolean {
  return opening.has(lines.at(-1)!.event);
}

function kindOf(lines: readonly JournalLine[], main: JournalLine): Change["kind"] {
  if (main.event === "promoted" || main.event === "restored") return closing.get(main.event)!;
  if (lines.some(({ event, back }) => event === "switched" && back === true)) return "rollback";
  const [first] = lines.flatMap(({ event }) =>
    event === "failed" ? [] : (closing.get(main.event) ?? closing.get(event) ?? []),
  );
  return first ?? "change";
}

function partOf({ event, operation, seconds }: JournalLine): ChangePart[] {
  const duration = number(seconds);
  if (!closing.has(event) || duration === undefined) return [];
  return [{ component: String(operation), durationMs: Math.round(duration * 1000) }];
}

/** A line is written at its end: what it took lies before it. */
function startOf({ at, seconds }: JournalLine): string {
  return new Date(Date.parse(at) - (number(seconds) ?? 0) * 1000).toISOString();
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" && value >= 0 ? value : undefined);
const optional = <Name extends string>(name: Name, value: string | undefined) =>
  (value ? { [name]: value } : {}) as { readonly [key in Name]?: string };

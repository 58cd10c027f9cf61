import { groupLines } from "./group.ts";
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
  /** The rollback's or the run's, else the number of its first line. */
  readonly id: string;
  /** Ids of its runs: an `up` is one. */
  readonly runs: readonly string[];
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
  /** Time of its last line. */
  readonly lastAt: string;
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
  const telling = lines.filter(
    ({ event, operation, from }) =>
      // The first data of a stack come from nowhere: that is no recovery.
      (closing.has(event) && !(event === "promoted" && from === null)) ||
      opening.has(event) ||
      operation === "up" ||
      operation === "rollback",
  );
  return [...groupLines(telling)].map(([id, group]) => changeOf(id, group));
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

function changeOf(id: string, lines: readonly JournalLine[]): Change {
  const [first, last] = [lines[0]!, lines.at(-1)!];
  const of = (...events: readonly string[]) => lines.findLast(({ event }) => events.includes(event));
  const judged = lines.findLast(
    ({ operation, event }) => operation === "up" && (event === "begun" || event === "refused"),
  );
  // Who goes back by the command has said at its beginning what is to come of it.
  const asked = lines.find(({ operation }) => operation === "rollback") ?? judged;
  const main = telling.map((event) => of(event)).find(Boolean) ?? asked ?? first;
  const status = statusOf(lines);
  const startedAt = asked?.at ?? startOf(first);
  const sides = sidesOf(asked, main);
  const texts = (name: string) => text(asked?.[name]) ?? text(judged?.[name]) ?? text(first[name]);
  return {
    id,
    runs: [...new Set(lines.flatMap(({ run }) => text(run) ?? []))],
    kind: kindOf(lines, main),
    level: number(Math.max(...lines.map(({ level }) => number(level) ?? -1))) ?? null,
    from: text(sides.from) ?? null,
    to: text(sides.to) ?? text(main.generation) ?? null,
    reason: texts("reason") ?? "",
    actor: texts("actor") ?? "",
    ...optional("gitAuthor", texts("gitAuthor")),
    ...optional("ci", texts("ci")),
    ...optional("verdict", text(judged?.verdict)),
    ...(Array.isArray(judged?.checks) && { checks: judged.checks }),
    startedAt,
    lastAt: last.at,
    ...(status !== "started" && {
      endedAt: last.at,
      durationMs: Math.max(0, Date.parse(last.at) - Date.parse(startedAt)),
    }),
    ...outageOf(lines),
    status,
    ...optional("error", text(of("failed", "aborted", "refused")?.error)),
    parts: lines.flatMap(partOf),
    seqs: [first.seq, last.seq],
  };
}

function sidesOf(
  asked: JournalLine | undefined,
  main: JournalLine,
): { readonly from?: unknown; readonly to?: unknown } {
  const tellsMore = ["promoted", "restored", "switched"].includes(main.event) && asked?.operation !== "rollback";
  const { from, to } = asked && !tellsMore ? asked : main;
  return { from, to };
}

/** Of all that moved the traffic: the longest outage that was ended, and the requests that failed. */
function outageOf(lines: readonly JournalLine[]): Pick<Change, "downtimeMs" | "failedRequests"> {
  const moves = lines.filter(({ event }) => event === "switched");
  if (moves.length === 0) return {};
  const failed = moves.map((line) => (number(line.failedRequests) ?? 0) + (number(line.failed) ?? 0));
  return {
    downtimeMs: Math.max(...moves.map(({ downtimeSeconds }) => number(downtimeSeconds) ?? 0)) * 1000,
    failedRequests: failed.reduce((sum, one) => sum + one),
  };
}

function statusOf(lines: readonly JournalLine[]): ChangeStatus {
  const has = (event: string) => lines.some((line) => line.event === event);
  const byCommand = lines.filter(({ operation }) => operation === "rollback");
  const ended = byCommand.findLast(({ event }) => event === "rollback-ended");
  // What is not well afterwards has been done all the same.
  if (ended) return ended.status === "unwell" ? "done" : (ended.status as ChangeStatus);
  if (byCommand.some(({ event }) => event === "refused")) return "refused";
  if (byCommand.some(({ event }) => event === "aborted")) return "aborted";
  if (has("rollback-begun")) return "started";
  for (const status of ["refused", "aborted", "failed"] as const) if (has(status)) return status;
  if (has("ended")) return "done";
  if (has("begun")) return "started";
  // What was done by hand ends with what it did.
  return opening.has(lines.at(-1)!.event) ? "started" : "done";
}

function kindOf(lines: readonly JournalLine[], main: JournalLine): Change["kind"] {
  if (main.event === "promoted" || main.event === "restored") return closing.get(main.event)!;
  if (lines.some(({ operation }) => operation === "rollback")) return "rollback";
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

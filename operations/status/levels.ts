import { describeWindow, goodBases, reigns } from "../../stacks/recovery/reach.ts";
import type { Answer } from "../../stacks/verdict.ts";
import { type Candidate, candidatesOf } from "../rollback/candidates.ts";
import type { RollbackFacts } from "../rollback/facts.ts";
import type { Line } from "../rollback/history.ts";

/** What a level could do now. */
export interface LevelNow {
  readonly level: 1 | 2 | 3;
  readonly possible: Answer;
  /** What `rollback --to` takes; null: there is nothing. */
  readonly to: string | null;
  readonly why: string;
  /** How long it stays possible, for people; null: nobody knows. */
  readonly until: string | null;
}

/** The levels that are possible now, and until when. */
export function levelsNow(facts: RollbackFacts): LevelNow[] {
  const releases = candidatesOf(facts).filter(({ kind }) => kind === "release");
  const of = (level: 1 | 2, until: string) => releaseLevel(releases, level, until);
  return [
    of(1, "the other color gets another release, or the schema no longer fits"),
    of(2, "its image or set is removed, or an irreversible migration runs"),
    ...(facts.recovery ? [dataLevel(facts, facts.recovery)] : []),
  ];
}

function releaseLevel(releases: readonly Candidate[], level: 1 | 2, until: string): LevelNow {
  const own = releases.filter((one) => one.level === level);
  const found = own.find(({ verdict }) => verdict === "yes") ?? own[0];
  if (!found) return { level, possible: "no", to: null, why: `no release is a level ${level} away`, until: null };
  return {
    level,
    possible: found.verdict,
    to: found.id,
    why: found.why,
    until: found.verdict === "yes" ? until : null,
  };
}

function dataLevel({ config }: RollbackFacts, recovery: NonNullable<RollbackFacts["recovery"]>): LevelNow {
  const { stanzas } = recovery;
  if ("unknown" in stanzas) return { level: 3, possible: "unknown", to: null, why: stanzas.unknown, until: null };
  const served = reigns(recovery.catalogue).map(({ generation }) => generation);
  const last = served.flatMap((generation) => goodBases(recovery, generation)).at(-1);
  const why = `any moment: ${describeWindow(recovery)}`;
  if (!last) return { level: 3, possible: "no", to: null, why, until: null };
  const keepsMs = (config.database?.backup.retentionDays ?? 0) * 86_400_000;
  const until = new Date(Date.parse(last.stoppedAt) + keepsMs).toISOString();
  return { level: 3, possible: "yes", to: null, why, until: `${until}, and longer with each new base` };
}

/** The last rollback and what came of it. */
export interface LastRollback {
  readonly id: string;
  readonly at: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly actor: string;
}

const told = new Set(["rollback-begun", "rollback-ended", "refused", "aborted"]);

/** The last rollback that somebody asked for; undefined: there was none. */
export function lastRollback(lines: readonly Line[]): LastRollback | undefined {
  const line = lines.findLast(({ operation, event }) => operation === "rollback" && told.has(event));
  if (!line) return undefined;
  const { id, from, to, reason, actor, at, event } = line;
  const text = (value: unknown) => String(value ?? "");
  const ended = event === "rollback-ended" ? text(line.status) : event;
  const status = event === "rollback-begun" ? "begun, and not finished" : ended;
  return { id: text(id), at, status, from: text(from), to: text(to), reason: text(reason), actor: text(actor) };
}

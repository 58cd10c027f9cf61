import type { RecoveryTarget } from "../../operations/generations/format.ts";
import type { Stop } from "../../operations/recovery/goal.ts";
import type { RecoveryFacts } from "./facts.ts";
import { headBetween } from "./heads.ts";
import { describeWindow, goodBases, reachableFrom, reigns } from "./reach.ts";
import { found, type Resolved, refuse } from "./resolution.ts";
import { resolveName } from "./resolve-name.ts";
import { compareLsn } from "./wal.ts";

/**
 * What a target means: from which generation and base, where replay stops, and what is expected there.
 *
 * Times and positions are exclusive. The moment that somebody names is the one of the bad statement, as its log line, its
 * commit timestamp or `pg_current_wal_lsn()` before it say: nothing stamped with that time, and no record that begins at
 * that position, is wanted.
 */
export function resolveTarget(target: RecoveryTarget, facts: RecoveryFacts): Resolved {
  if (target.kind === "backup") return resolveName(target.name, facts);
  const unread = "unknown" in facts.stanzas ? facts.stanzas.unknown : undefined;
  if (unread !== undefined)
    return refuse(
      `expected to read the repository of backups, got: ${unread}; start a container that has it: docker start <stack>-scheduler`,
    );
  return target.kind === "time" ? resolveTime(target.at, facts) : resolveLsn(target.lsn, target.generation, facts);
}

function resolveTime(at: string, facts: RecoveryFacts): Resolved {
  const time = Date.parse(at);
  const now = "value" in facts.server ? facts.server.value.now : facts.now;
  const window = describeWindow(facts);
  if (time > Date.parse(now))
    return refuse(`expected a time that has been, got ${at}, and it is ${now}; the window: ${window}`);
  const { generation } = reigns(facts.catalogue).findLast(({ from }) => from === null || Date.parse(from) <= time)!;
  const base = goodBases(facts, generation).findLast((base) => reachableFrom(base) <= time);
  if (!base) return refuse(`expected a base of ${generation} that ended before ${at}, got none; the window: ${window}`);
  const stop: Stop = { kind: "time", at, inclusive: false };
  const head = headBetween(facts, generation, time, time);
  return found(facts, generation, base, stop, { told: `just before ${at}`, from: time, to: time, head });
}

function resolveLsn(lsn: string, asked: string | undefined, facts: RecoveryFacts): Resolved {
  const served = [...new Set(reigns(facts.catalogue).map(({ generation }) => generation))];
  const generation = asked ?? (served.length === 1 ? served[0] : undefined);
  const list = served.join(", ");
  if (generation === undefined)
    return refuse(
      `expected targetGeneration, as each of ${list} has a ${lsn}; pulumi config set targetGeneration <name>`,
    );
  if (!served.includes(generation))
    return refuse(`expected targetGeneration to be one that has served (${list}), got ${generation}`);
  const bases = goodBases(facts, generation);
  const base = bases.findLast(({ stopLsn }) => compareLsn(stopLsn, lsn) <= 0);
  const last = lastPosition(facts, generation);
  const window = `the window of ${generation}: ${bases[0]?.stopLsn ?? "none"} to ${last ?? "the last of its WAL"}`;
  if (last !== undefined && compareLsn(lsn, last) > 0)
    return refuse(`expected a position that has been written, got ${lsn}; ${window}`);
  if (!base) return refuse(`expected a base of ${generation} that ended before ${lsn}, got none; ${window}`);
  const { from, to } = timesAround(lsn, generation, facts);
  const stop: Stop = { kind: "lsn", lsn, inclusive: false };
  const head = headBetween(facts, generation, from, to);
  return found(facts, generation, base, stop, { told: `just before ${lsn}`, from, to, head, lsn });
}

/** Where a generation's WAL ends, as far as that is known without it; undefined: it is not. */
function lastPosition({ catalogue, server }: RecoveryFacts, generation: string): string | undefined {
  const last = reigns(catalogue).findLast((reign) => reign.generation === generation);
  if (last?.until === null) return "value" in server ? server.value.lsn : undefined;
  return last?.end ?? undefined;
}

/** When a position was written, in ms: between what is known to come before it and after it. */
function timesAround(lsn: string, generation: string, facts: RecoveryFacts): { from: number; to: number } {
  const points = ("value" in facts.points ? facts.points.value : []).filter((point) => point.generation === generation);
  const known = [
    ...points.map((point) => ({ lsn: point.lsn, at: Date.parse(point.at) })),
    ...goodBases(facts, generation).map((base) => ({ lsn: base.stopLsn, at: Date.parse(base.stoppedAt) })),
  ].sort((a, b) => a.at - b.at);
  const last = reigns(facts.catalogue).findLast((reign) => reign.generation === generation);
  const from = known.findLast((place) => compareLsn(place.lsn, lsn) <= 0)?.at ?? 0;
  const to = known.find((place) => compareLsn(place.lsn, lsn) > 0)?.at ?? Date.parse(last?.until ?? facts.now);
  return { from, to };
}

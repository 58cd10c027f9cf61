import type { BackupPoint } from "../../backup/point.ts";
import type { RestoreGoal, Stop } from "../goal.ts";
import { type Check, equal, no, unknown, yes } from "./check.ts";
import type { Found } from "./read.ts";

/** What the gate compares with, beside the goal; what is null is not asked. */
export interface GateFacts {
  /** Timeline after the promotion: one past the source's. null: a dump, whose system is a new one. */
  readonly timeline: number | null;
  /** Replay must have got here: the target's LSN, or the end of the base. null: a dump. */
  readonly stopLsn: string | null;
  readonly systemIdentifier: string | null;
  /** The recorded backup point of `goal.expected.point`. */
  readonly point: BackupPoint | null;
}

/** What is found, held against what was asked for. Pure. */
export function judgeGate(goal: RestoreGoal, facts: GateFacts, found: Found): Check[] {
  const { material, expected } = goal;
  const { timeline, systemIdentifier, stopLsn, point } = facts;
  const stop = material.kind === "base" ? material.stop : null;
  return [
    yes("promoted", "recovery is over"),
    ...(timeline === null ? [] : [equal("timeline", timeline, found.timeline)]),
    ...(systemIdentifier === null ? [] : [equal("system identifier", systemIdentifier, found.systemIdentifier)]),
    ...(stop ? [judgeStop(stop, found.end)] : []),
    ...(stopLsn === null ? [] : [judgeReached(stopLsn, found.end)]),
    point ? judgeRecordedBeat(point.heartbeat, found.heartbeat) : judgeBeat(stop, found.heartbeat),
    expected.head === null
      ? unknown("schema head", `${found.head || "none"}; none was recorded to compare it with`)
      : equal("schema head", expected.head || "none", found.head || "none"),
    judgeCollations(found.collations),
  ];
}

/** The history of the new timeline says why replay ended there; without a target it would say so. */
function judgeStop(stop: Stop, end: Found["end"]): Check {
  const name = "stopped at the target";
  const { words, matches } = ending(stop);
  if (!end) return no(name, words, "a timeline without a history: nothing was replayed");
  return matches(end.why) ? yes(name, `${end.why}, at ${end.lsn}`) : no(name, words, end.why || "no reason");
}

/** How PostgreSQL words the end of a replay. */
function ending(stop: Stop): { words: string; matches: (why: string) => boolean } {
  const exactly = (words: string) => ({ words, matches: (why: string) => why === words });
  if (stop.kind === "name") return exactly(`at restore point "${stop.name}"`);
  if (stop.kind === "immediate") return exactly("reached consistency");
  if (stop.kind === "lsn")
    return { words: `before or after LSN ${stop.lsn}`, matches: (why) => /^(before|after) LSN /.test(why) };
  return { words: `before or after ${stop.at}`, matches: (why) => /^(before|after) \d{4}-/.test(why) };
}

function judgeReached(stopLsn: string, end: Found["end"]): Check {
  const name = "target LSN reached";
  if (!end) return no(name, stopLsn, "none");
  return position(end.lsn) >= position(stopLsn) ? yes(name, `${end.lsn} for ${stopLsn}`) : no(name, stopLsn, end.lsn);
}

/**
 * An LSN as a number to compare. No record begins in a page's header, so that a place in it means the page's begin: the end
 * of a page's last record and a target right behind the next header are the same place.
 */
export function position(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  const at = (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
  return at % pageBytes <= headerBytes ? at - (at % pageBytes) : at;
}

const pageBytes = 8192n;
/** Of a segment's first page, which has the longest. */
const headerBytes = 40n;

/** The row is written right before the point, and by the scheduler: it may beat once more in between. */
function judgeRecordedBeat(recorded: BackupPoint["heartbeat"], got: Found["heartbeat"]): Check {
  const wanted = `beat ${recorded.seq} of ${recorded.at}`;
  if (!got) return no("heartbeat", wanted, "none");
  const later = Date.parse(got.at) - Date.parse(recorded.at);
  const same = got.seq === recorded.seq && later === 0;
  const next = got.seq === recorded.seq + 1 && later >= 0 && later <= takingMilliseconds;
  return same || next ? yes("heartbeat", beat(got)) : no("heartbeat", wanted, beat(got));
}

const takingMilliseconds = 5000;

function judgeBeat(stop: Stop | null, got: Found["heartbeat"]): Check {
  if (!got) return no("heartbeat", "a row in switchback.heartbeat", "none");
  const late = stop?.kind === "time" && Date.parse(got.at) > Date.parse(stop.at);
  return late ? no("heartbeat", `none after ${stop.at}`, beat(got)) : yes("heartbeat", beat(got));
}

const beat = ({ seq, at }: { seq: number; at: string }) => `beat ${seq} of ${at}`;

function judgeCollations(differing: Found["collations"]): Check {
  const name = "collation versions";
  if (differing.length === 0) return yes(name, "as recorded");
  const list = (version: "recorded" | "actual") =>
    differing.map((one) => `${one.name} ${one[version] ?? "none"}`).join(", ");
  const cause = "indexes on text may be in the wrong order; use the image that the data was written with";
  return no(name, list("recorded"), `${list("actual")}: ${cause}`);
}

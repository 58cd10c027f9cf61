import { bandsOf } from "../../decision/bands.ts";
import { factsOf } from "../../decision/facts.ts";
import type { Thresholds } from "../../decision/profiles.ts";
import { type Severity, type Symptoms, severities } from "../../decision/symptoms.ts";
import type { ColorName } from "../../stacks/schema.ts";
import { isWebSocket, type Logged, parseAccessLog } from "../router/access-log.ts";

/** A request that a color has answered. */
export type Answered = Omit<Logged, "upstreams">;

/** Fewer in a minute tell nothing of a share or of a percentile. */
export const fewest = 20;
const minute = 60_000;

/** The requests of a log's text, WebSockets left out. */
export const parseAnswered = (log: string): Answered[] => parseAccessLog(log).filter((one) => !isWebSocket(one));

export type RequestSymptoms = Pick<Symptoms, "errorPercent" | "errorType" | "latencySeconds" | "lastingMinutes">;

export interface Window {
  /** In ms since 1970, by the clock that wrote the log. */
  readonly now: number;
  readonly serving: ColorName;
  /** When the last change was, in ms since 1970; null: never. */
  readonly changed: number | null;
}

/**
 * What the last minute's requests on the color that serves show, and for how many minutes it has been no better, on
 * whichever color: what a switch did not end did not begin with it.
 * @returns undefined: they are too few
 */
export function judgeRequests(
  requests: readonly Answered[],
  { now, serving, changed }: Window,
  thresholds: Thresholds,
): RequestSymptoms | undefined {
  const [last = [], ...before] = byMinute(requests, now);
  const latest = shown(last.filter(({ color, ended }) => color === serving && ended >= (changed ?? 0)));
  if (!latest) return undefined;
  const severity = severityOf(latest, thresholds);
  if (severity === "none") return latest;
  const past = [severity, ...before.map((some) => severityOf(shown(some), thresholds))];
  const minutes = lastingOf(severity, past, thresholds);
  const since = changed === null ? Number.POSITIVE_INFINITY : Math.max(0, now - changed) / minute;
  // Of the minute in which the change was, nobody knows which part was bad.
  return { ...latest, lastingMinutes: minutes >= since + 1 ? minutes : Math.min(minutes, since) };
}

/** Minute by minute, backwards from now. */
function byMinute(requests: readonly Answered[], now: number): Answered[][] {
  const minutes: Answered[][] = [];
  for (const request of requests) {
    const at = Math.max(0, Math.floor((now - request.ended) / minute));
    while (minutes.length <= at) minutes.push([]);
    minutes[at]!.push(request);
  }
  return minutes;
}

function shown(requests: readonly Answered[]): RequestSymptoms | undefined {
  if (requests.length < fewest) return undefined;
  const failed = requests.filter(({ status }) => status >= 500);
  const unanswered = failed.filter(({ status }) => status >= 502 && status <= 504);
  const times = requests.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return {
    errorPercent: (100 * failed.length) / requests.length,
    ...(failed.length > 0 && { errorType: 2 * unanswered.length > failed.length ? "no-answer" : "exceptions" }),
    latencySeconds: times[Math.ceil(0.95 * times.length) - 1]!,
  };
}

const severityOf = (symptoms: RequestSymptoms | undefined, thresholds: Thresholds): Severity =>
  symptoms ? factsOf(bandsOf(symptoms, thresholds)).severity : "none";

/** Of now's severity; or of a lesser one, when that has lasted for longer than it is watched. */
function lastingOf(severity: Severity, past: readonly Severity[], { patienceMinutes }: Thresholds): number {
  const lesser = severities.slice(1, severities.indexOf(severity)) as Exclude<Severity, "none">[];
  const outlasting = lesser.find((one) => run(one, past) >= patienceMinutes[one]);
  return run(outlasting ?? severity, past);
}

function run(severity: Severity, past: readonly Severity[]): number {
  const better = past.findIndex((one) => severities.indexOf(one) < severities.indexOf(severity));
  return better < 0 ? past.length : better;
}

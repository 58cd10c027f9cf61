import { expect, it } from "vitest";
import { thresholdsOf } from "../../../decision/profiles.ts";
import { type Answered, judgeRequests, parseAnswered } from "../../../operations/decision/requests.ts";

const thresholds = thresholdsOf("telemetry");
const now = Date.parse("2026-11-21T12:00:30Z");

/** `count` requests that ended within the minute `ago`, of which `failed` failed. */
const minute = (ago: number, count: number, failed: number, status = 500, seconds = 0.1): Answered[] =>
  Array.from({ length: count }, (_, at) => ({
    color: "green",
    ended: now - ago * 60_000 - 1000 - at,
    status: at < failed ? status : 200,
    seconds,
  }));
const judge = (...minutes: Answered[][]) =>
  judgeRequests(minutes.flat(), { now, serving: "green", changed: null }, thresholds);
/** Since a switch to green, `minutes` ago. */
const judgeSince = (minutes: number, ...requests: Answered[][]) =>
  judgeRequests(requests.flat(), { now, serving: "green", changed: now - minutes * 60_000 }, thresholds);
const onBlue = (requests: Answered[]): Answered[] => requests.map((request) => ({ ...request, color: "blue" }));

it("reads colors, ends, statuses and times from the router's log, WebSockets and answers of its own left out", () => {
  const log = [
    '2026-11-21T12:00:00+00:00 10.0.0.1 "GET /a\\x22b HTTP/1.1" 200 12 0.015s color=green release=1.1.0 upstream=10.0.0.2:8080',
    '2026-11-21T13:00:01+01:00 10.0.0.1 "POST / HTTP/1.1" 502 157 2.001s color=blue release=1.0.0 upstream=10.0.0.2:8080, 10.0.0.3:8080',
    '2026-11-21T12:00:02+00:00 10.0.0.1 "GET /ws HTTP/1.1" 101 12 9.000s color=green release=1.1.0 upstream=10.0.0.2:8080',
    '2026-11-21T12:00:03+00:00 10.0.0.1 "GET / HTTP/1.1" 503 12 0.000s color= release= upstream=-',
    "2026/11/21 12:00:00 [warn] something else",
  ].join("\n");
  expect(parseAnswered(log)).toEqual([
    {
      color: "green",
      ended: Date.parse("2026-11-21T12:00:00Z"),
      status: 200,
      seconds: 0.015,
      upstreams: ["10.0.0.2:8080"],
    },
    {
      color: "blue",
      ended: Date.parse("2026-11-21T12:00:01Z"),
      status: 502,
      seconds: 2.001,
      upstreams: ["10.0.0.2:8080", "10.0.0.3:8080"],
    },
  ]);
});

it("tells nothing of fewer than 20 requests in the last minute", () => {
  expect(judge(minute(0, 19, 19))).toBeUndefined();
  expect(judge(minute(1, 100, 100))).toBeUndefined();
  expect(judge(minute(0, 20, 20))).toMatchObject({ errorPercent: 100 });
});

it("tells the share of errors, their kind, and the time of 95 % of the requests", () => {
  expect(judge(minute(0, 100, 12))).toMatchObject({ errorPercent: 12, errorType: "exceptions", latencySeconds: 0.1 });
  expect(judge(minute(0, 100, 12, 502))).toMatchObject({ errorType: "no-answer" });
  expect(judge(minute(0, 100, 12, 507))).toMatchObject({ errorType: "exceptions" });
  expect(judge(minute(0, 95, 0), minute(0, 5, 0, 200, 9))).toEqual({ errorPercent: 0, latencySeconds: 0.1 });
  expect(judge(minute(0, 94, 0), minute(0, 6, 0, 200, 9))).toMatchObject({ latencySeconds: 9 });
});

it("tells for how many whole minutes it has been no better", () => {
  const bad = (ago: number) => minute(ago, 40, 6);
  expect(judge(bad(0))).toMatchObject({ lastingMinutes: 1 });
  expect(judge(bad(0), bad(1), bad(2))).toMatchObject({ lastingMinutes: 3 });
  expect(judge(bad(0), minute(1, 40, 0), bad(2))).toMatchObject({ lastingMinutes: 1 });
  expect(judge(bad(0), minute(1, 3, 3), bad(2))).toMatchObject({ lastingMinutes: 1 });
  expect(judge(minute(0, 40, 0))).not.toHaveProperty("lastingMinutes");
});

it("does not forget minor trouble that outlasted its time when it gets worse", () => {
  const minor = (ago: number) => minute(ago, 100, 6);
  const long = Array.from({ length: 15 }, (_, at) => minor(at + 1));
  expect(judge(minute(0, 100, 60), ...long)).toMatchObject({ errorPercent: 60, lastingMinutes: 16 });
  expect(judge(minute(0, 100, 60), ...long.slice(0, 9))).toMatchObject({ lastingMinutes: 1 });
});

it("puts down to a switch what began with it, and not what it did not end", () => {
  const bad = (ago: number) => minute(ago, 40, 20);
  const good = (ago: number) => minute(ago, 40, 0);
  expect(judgeSince(2.5, bad(0), bad(1), bad(2), onBlue(good(3)))).toMatchObject({ lastingMinutes: 2.5 });
  expect(judgeSince(2.5, bad(0), bad(1), bad(2), onBlue(bad(3)))).toMatchObject({ lastingMinutes: 4 });
  expect(judgeSince(0.5, bad(0), onBlue(bad(1)), onBlue(bad(2)))).toMatchObject({ lastingMinutes: 3 });
  expect(judgeSince(9, bad(0), bad(1), good(2))).toMatchObject({ lastingMinutes: 2 });
});

it("judges the requests of the color that serves alone, and those since the switch", () => {
  expect(judgeSince(2, minute(0, 40, 0), onBlue(minute(0, 40, 40)))).toMatchObject({ errorPercent: 0 });
  expect(judgeSince(2, onBlue(minute(0, 40, 40)))).toBeUndefined();
  const early = minute(0, 40, 40).map((request) => ({ ...request, ended: now - 40_000 }));
  expect(judgeSince(0.5, minute(0, 30, 0), early)).toMatchObject({ errorPercent: 0 });
});

import { expect, it } from "vitest";
import { parseTimes } from "../../operations/router/request-times.ts";
import { drainCondition } from "../../stacks/conditions-drain.ts";
import { type Change, decide } from "../../stacks/verdict.ts";
import { setting } from "./setting.ts";

interface Logged {
  readonly seconds: number;
  readonly at?: string;
  readonly status?: number;
  readonly color?: string;
  readonly upstream?: string;
  readonly uri?: string;
}

const line = ({ seconds, at, status, color, upstream, uri }: Logged) =>
  `${at ?? "2026-01-02T00:00:00+00:00"} 172.17.0.1 "GET ${uri ?? "/orders"} HTTP/1.1" ${status ?? 200} 2 ${seconds.toFixed(3)}s color=${color ?? "green"} release=1.1.0 upstream=${upstream ?? "10.240.0.16:8080"}`;

const times = (count: number, logged: Logged) => Array.from({ length: count }, () => line(logged));

/** The traffic moved to green on the first of January. */
function drain(lines: readonly string[], changes: Readonly<Record<string, unknown>> = {}) {
  const { plan, live } = setting(changes);
  return drainCondition(plan, live, "green", { value: parseTimes(lines.join("\n")) });
}

it("is yes when 99 % of the requests are shorter than what they get to end", () => {
  const { answer, detail } = drain([...times(495, { seconds: 0.2 }), ...times(5, { seconds: 9 })]);
  expect(answer).toBe("yes");
  expect(detail).toBe(
    "orders: p99 0.20 s of 500 requests, since 2026-01-01T23:59:59Z; requests on green get 3 s to end (router.hold.drainSeconds)",
  );
});

it("is no when more are longer, with how many there were and what to do", () => {
  const lines = [...times(490, { seconds: 0.2 }), ...times(10, { seconds: 4.2 })];
  expect(drain(lines)).toMatchObject({
    answer: "no",
    detail: expect.stringMatching(
      /^orders: p99 4\.20 s of 500 requests.*of which there were 10, are cut; raise it \(below router\.hold\.maxSeconds, 10 s\)/,
    ),
  });
  expect(drain(lines, { router: { port: 1, hold: { drainSeconds: 5 } } }).answer).toBe("yes");
});

it("is unknown with too few requests, with none, and with a log that cannot be read", () => {
  expect(drain(times(99, { seconds: 0.2 }))).toMatchObject({
    answer: "unknown",
    detail: expect.stringMatching(/^orders: 99 requests, too few for a p99 \(100\), of at most 0\.20 s/),
  });
  expect(drain([])).toMatchObject({
    answer: "unknown",
    detail: expect.stringMatching(/^orders: no request, since 2026-01-01T00:00:00Z/),
  });
  const { plan, live } = setting();
  const unread = drainCondition(plan, live, "green", { unknown: "no answer within 2 s" });
  expect(unread).toMatchObject({ answer: "unknown", detail: expect.stringContaining("no answer within 2 s") });
});

it("refuses nothing, whatever its answer", () => {
  const change = { readable: true, from: "green", to: "blue", modes: [], schema: undefined } as unknown as Change;
  const conditions = [drain([]), drain(times(100, { seconds: 9 }))];
  expect(conditions.map(({ answer }) => answer)).toEqual(["unknown", "no"]);
  expect(decide(change, conditions, []).refused).toEqual([]);
});

it("counts neither WebSockets, nor another color or service, nor what waited for the traffic to move", () => {
  const foreign = [
    ...times(100, { seconds: 9, status: 101 }),
    ...times(100, { seconds: 9, color: "blue" }),
    ...times(100, { seconds: 9, upstream: "10.240.0.17:8080" }),
    ...times(100, { seconds: 9, at: "2026-01-01T00:00:05+00:00" }),
    ...times(100, { seconds: 9, color: "", upstream: "-" }),
  ];
  expect(drain([...foreign, ...times(100, { seconds: 0.1 })])).toMatchObject({
    answer: "yes",
    detail: expect.stringContaining("of 100 requests"),
  });
  expect(drain(times(100, { seconds: 0.1, upstream: "10.240.0.99:8080, 10.240.0.16:8080" })).answer).toBe("yes");
});

it("is not deceived by what a client writes into its path", () => {
  const uri = String.raw`/x\x22 200 2 0.001s color=green release=1 upstream=10.240.0.16:8080`;
  expect(parseTimes(line({ seconds: 9, uri }))).toMatchObject([{ seconds: 9, upstream: "10.240.0.16:8080" }]);
});

import { expect, test } from "vitest";
import { checkOptions, defaultLoad, kindOf } from "../../../scripts/load/options.ts";
import { heldSeconds, moveSeconds, percentile, type RequestRecord, totals } from "../../../scripts/load/result.ts";

const at = (start: number, color: string, failure: string | null = null): RequestRecord => ({
  kind: "keep-alive",
  start,
  end: start + 3,
  color,
  failure,
});

test("traffic has moved when the last request that the old color answered was started", () => {
  const records = [at(900, "green"), at(1000, "green"), at(1080, "blue"), at(1120, "green"), at(1200, "blue")];
  expect(moveSeconds(records, "green", 1000)).toBe(0.12);
});

test("traffic that moves back later does not count", () => {
  const records = [at(1050, "green"), at(1100, "blue"), at(5000, "green")];
  expect(moveSeconds(records, "green", 1000, 4000)).toBe(0.05);
});

test("traffic moved in no time when the old color answers nothing after the instant", () => {
  expect(moveSeconds([at(900, "green"), at(1001, "blue")], "green", 1000)).toBe(0);
});

test("requests were held as long as the longest answer inside the window took, slow requests left out", () => {
  const records = [
    { ...at(900, "blue"), end: 5000 },
    { ...at(1000, "green"), end: 2500 },
    { ...at(1100, "green"), end: 2400 },
    { ...at(1200, "green"), kind: "slow" as const, end: 4200 },
  ];
  expect(heldSeconds(records, 1000, 2000)).toBe(1.5);
  expect(heldSeconds(records, 3000, 4000)).toBe(0);
});

test("totals count failures by reason inside a window", () => {
  const records = [at(1, "blue", "early"), at(10, "blue"), at(11, "blue", "ECONNRESET"), at(12, "blue", "ECONNRESET")];
  expect(totals(records, 10, 20)).toEqual({ requests: 3, failed: 2, failures: { ECONNRESET: 2 } });
});

test("percentiles are by nearest rank", () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect([percentile(values, 50), percentile(values, 95), percentile(values, 100)]).toEqual([10, 19, 20]);
  expect(() => percentile([], 50)).toThrow("expected at least one value, got none");
});

test("load goes to this machine only, and always has a bound", () => {
  const url = "http://127.0.0.1:8080";
  expect(() => checkOptions({ ...defaultLoad, url: "http://example.com" })).toThrow(
    "expected the load to go to http://127.0.0.1, got http://example.com",
  );
  expect(() => checkOptions({ ...defaultLoad, url, maxSeconds: Number.POSITIVE_INFINITY })).toThrow(
    "expected maxSeconds to be from 0 to 3600, got Infinity",
  );
  expect(checkOptions({ ...defaultLoad, url })).toMatchObject({ requestsPerSecond: 220, webSockets: 50 });
});

test("the mix has every kind: 11 keep-alive, 5 new connections, 3 posts and 1 slow in twenty", () => {
  const counts: Record<string, number> = {};
  for (let n = 0; n < 20; n++) counts[kindOf(n)] = (counts[kindOf(n)] ?? 0) + 1;
  expect(counts).toEqual({
    "keep-alive": 11,
    "new-connection": 5,
    post: 3,
    slow: 1,
  });
});

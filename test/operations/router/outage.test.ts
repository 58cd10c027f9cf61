import { describe, expect, it } from "vitest";
import { outageOf } from "../../../operations/router/outage.ts";

const moved = Date.parse("2026-11-21T02:10:00Z");
const line = (before: number, status: number, upstream = "10.0.0.2:8080", seconds = 0.01) =>
  `${new Date(moved - before * 1000).toISOString().replace(".000Z", "+00:00")} 10.0.0.9 "GET /orders HTTP/1.1" ${status} 120 ${seconds.toFixed(3)}s color=green release=1.1.0 upstream=${upstream}`;
const none = { downtimeSeconds: 0, failedRequests: 0, cut: false };
const outage = (lines: readonly string[], full = false, since = 0) =>
  outageOf(lines.join("\n"), { since, moved }, full);

describe("the outage that a change ended", () => {
  it("goes from the first to the last of failures that follow each other", () => {
    const lines = [
      line(300, 502),
      line(120, 200),
      line(30, 502),
      line(25, 504),
      line(24, 200),
      line(18, 502),
      line(9, 502),
      line(0, 502),
    ];
    expect(outage(lines)).toEqual({ downtimeSeconds: 30, failedRequests: 5, cut: false });
  });

  it("is none when all is well, when it was over a minute ago, and when nobody was asked", () => {
    expect(outage([line(3, 200), line(2, 404)])).toEqual(none);
    expect(outage([line(90, 502), line(80, 502), line(3, 200)])).toEqual(none);
    expect(outage([line(3, 503, "-")])).toEqual(none);
    expect(outage(["", "nginx: started"])).toEqual(none);
  });

  it("is not the one that the move before has ended", () => {
    expect(outage([line(30, 502), line(25, 502), line(3, 200)], false, moved - 20_000)).toEqual(none);
    expect(outage([line(30, 502), line(8, 502)], false, moved - 20_000)).toMatchObject({ failedRequests: 1 });
    const late = line(18, 502, "10.0.0.2:8080", 3.1);
    expect(outage([line(21, 502), late, line(3, 200)], false, moved - 20_000)).toEqual(none);
  });

  it("says that it may have begun before the log that was read", () => {
    expect(outage([line(12, 502), line(5, 502)], true).cut).toBe(true);
    expect(outage([line(60, 200), line(12, 502), line(5, 502)], true).cut).toBe(false);
  });
});

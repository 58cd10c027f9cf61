import { describe, expect, it } from "vitest";
import { type Check, fail, ok, unknown, verdictOf } from "../../../operations/validation/check.ts";
import { parseDuration, watch } from "../../../operations/validation/watch.ts";

const good = ok("cache", "answers");
const bad = fail("cache", "dead", "answers", "start it");
const slow = fail("response time", "2000 ms", "less than 1000 ms", "look");

/** A watch of 60 s by a clock of its own; each round takes 1 s. The last round's checks stand for all after it. */
async function watched(...rounds: Check[][]) {
  let clock = 0;
  let at = 0;
  const lines: string[] = [];
  const report = await watch({
    seconds: 60,
    pauseSeconds: 10,
    validate: async () => {
      clock += 1000;
      const checks = rounds[Math.min(at++, rounds.length - 1)]!;
      return { stack: "shop", verdict: verdictOf(checks), checks, at: "", depth: "quick", milliseconds: 1000 };
    },
    log: (line) => lines.push(line),
    now: () => clock,
    sleep: async (milliseconds) => {
      clock += milliseconds;
    },
  });
  return { report, lines, seconds: clock / 1000 };
}

describe("a watch", () => {
  it("goes on until its time is over while all is well, and says so once", async () => {
    const { report, lines, seconds } = await watched([good]);
    expect(report.verdict).toBe("ok");
    expect(report.watched).toEqual({ seconds, rounds: 7, flapped: [] });
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(lines).toEqual(["after 1 s: ok"]);
  });

  it("ends as soon as the same check fails twice in a row", async () => {
    const { report, seconds } = await watched([good], [bad]);
    expect(report.verdict).toBe("fail");
    expect(report.watched?.rounds).toBe(3);
    expect(seconds).toBeLessThan(20);
  });

  it("does not end for a check that fails once, and tells of it in the end", async () => {
    const { report, lines } = await watched([good], [slow, good], [good], [slow, good], [good]);
    expect(report.verdict).toBe("ok");
    expect(report.watched?.flapped).toEqual(["response time"]);
    expect(lines).toContain("after 12 s: fail, response time fail");
  });

  it("does not end for one check that fails after another", async () => {
    const { report } = await watched([bad], [slow], [good]);
    expect(report.verdict).toBe("ok");
    expect(report.watched?.flapped).toEqual(["cache", "response time"]);
  });

  it("asks once more before its last word, when its last round fails", async () => {
    const fine = Array(6).fill([good]) as Check[][];
    expect((await watched(...fine, [bad], [good])).report.verdict).toBe("ok");
    expect((await watched(...fine, [bad])).report.verdict).toBe("fail");
  });

  it("never takes what is unknown for ok", async () => {
    expect((await watched([unknown("cache", "")])).report.verdict).toBe("unknown");
  });

  it("lasts as long as its duration says", () => {
    expect(["90s", "15m", "1h"].map(parseDuration)).toEqual([90, 900, 3600]);
    for (const wrong of ["15", "m", "1.5h", "-3s", "15m "])
      expect(() => parseDuration(wrong)).toThrow("expected a time such as");
  });
});

import { describe, expect, it } from "vitest";
import { disagreements } from "../../../operations/journal/agree.ts";
import { changesOf } from "../../../operations/journal/changes.ts";
import { missingEnd } from "../../../operations/journal/missing-end.ts";
import { textOf } from "../../../operations/journal/text.ts";
import { linesOf, type Told } from "./chain.ts";
import { at, begun, change, deploy, rollback, run } from "./runs.ts";

describe("the lines of one run", () => {
  it("are one change, with what its verdict and its parts say", () => {
    const [change, ...others] = changesOf(linesOf(rollback(10)));
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      id: "run-10",
      kind: "rollback",
      level: 1,
      from: "green 1.1.0",
      to: "blue 1.0.0",
      reason: "green answers 500",
      actor: "kim@ops",
      gitAuthor: "Kim <kim@example.com>",
      ci: "gitlab https://ci.example.com/1",
      status: "done",
      startedAt: at(10),
      endedAt: at(13),
      durationMs: 3000,
      downtimeMs: 30_000,
      failedRequests: 467,
      checks: [{ name: "health", answer: "yes" }],
      parts: [{ component: "router", durationMs: 400 }],
    });
  });

  it("are shown as started when no end was written, whatever was done until then", () => {
    for (const kept of [1, 2, 3]) {
      const [change] = changesOf(linesOf(rollback(10).slice(0, kept)));
      expect([change?.status, change?.durationMs, change?.endedAt]).toEqual(["started", undefined, undefined]);
    }
  });

  it("are failed when one of them says so, and aborted when somebody stopped it", () => {
    const failed = { event: "failed", operation: "router", run: "run-10", error: "blue is not ready", at: at(12) };
    expect(changesOf(linesOf([begun(10), failed]))[0]).toMatchObject({ status: "failed", error: "blue is not ready" });
    expect(changesOf(linesOf([begun(10), { ...failed, operation: "up", event: "aborted" }]))[0]?.status).toBe(
      "aborted",
    );
  });

  it("take schema, release and backup together, at the level of the highest", () => {
    const parts: Told[] = [
      { ...begun(20), level: 2 },
      { event: "safety-backup", operation: "safety-backup", seconds: 1, ...run(20), at: at(21) },
      { event: "holding", operation: "schema", level: 2, ...run(20), at: at(22) },
      { event: "migrated", operation: "schema", level: 2, from: "4", to: "3", seconds: 1.5, ...run(20), at: at(23) },
      ...rollback(20)
        .slice(1)
        .map((line) => ({ ...line, ...(line.level === 1 && { level: 2 }), at: at(24) })),
    ];
    const [change] = changesOf(linesOf(parts));
    expect(change).toMatchObject({ level: 2, from: "green 1.1.0", to: "blue 1.0.0", kind: "rollback", status: "done" });
    expect(change?.parts.map(({ component }) => component)).toEqual(["schema", "router"]);
  });
});

describe("what has no run", () => {
  it("is a change by itself: a refusal, and an operation by hand", () => {
    const refused = { ...begun(5), event: "refused", run: undefined, error: "health: blue is not ready" };
    const rows = { event: "recovered-rows", operation: "recover-rows", reason: "r", actor: "kim", at: at(7) };
    const byHand = { event: "switching", operation: "router", epoch: "e1", from: "a", to: "b", at: at(8) };
    const changes = changesOf(linesOf([refused, rows, byHand]));
    expect(changes.map(({ status, kind }) => [status, kind])).toEqual([
      ["refused", "change"],
      ["done", "rows"],
      ["started", "change"],
    ]);
    expect(changes[0]?.error).toBe("health: blue is not ready");
  });

  it("is left out where it changes nothing", () => {
    expect(changesOf(linesOf([{ event: "gc" }, { event: "adopted" }, { event: "audited" }]))).toEqual([]);
  });
});

describe("an `up` without success", () => {
  const began = Date.parse(at(10));
  it("owes the journal an end, unless an operation or the verdict has written it", () => {
    const lines = linesOf(rollback(10).slice(0, 3));
    expect(missingEnd(lines, { interrupted: false, began })).toMatchObject({ event: "failed", run: "run-10" });
    expect(missingEnd(lines, { interrupted: true, began })).toMatchObject({ event: "aborted", run: "run-10" });
    expect(missingEnd(linesOf(rollback(10)), { interrupted: false, began })).toBeUndefined();
    const aborted = { event: "aborted", operation: "up", ...run(10), at: at(14) };
    expect(missingEnd(linesOf([...rollback(10).slice(0, 3), aborted]), { interrupted: false, began })).toBeUndefined();
    expect(changesOf(linesOf([...rollback(10), aborted]))[0]?.status).toBe("aborted");
    expect(missingEnd(linesOf([{ event: "refused", at: at(10) }]), { interrupted: false, began })).toBeUndefined();
    expect(missingEnd([], { interrupted: false, began })).toBeUndefined();
    const since = { interrupted: true, began: Date.parse(at(14)) };
    expect(missingEnd(linesOf(rollback(10)), since)).toEqual({
      operation: "up",
      event: "aborted",
      error: expect.any(String),
    });
    expect(missingEnd([], { interrupted: true, began })).toMatchObject({ event: "aborted" });
    const failed = { event: "failed", operation: "router", ...run(10), at: at(12) };
    const cut = linesOf([...rollback(10).slice(0, 3), failed]);
    expect(missingEnd(cut, { interrupted: true, began })).toMatchObject({ event: "aborted", run: "run-10" });
    expect(missingEnd(cut, since)).not.toHaveProperty("run");
  });
});

describe("the text form", () => {
  it("is one line per change", () => {
    expect(textOf(changesOf(linesOf(rollback(10))))).toBe(
      `[${at(10)}] LEVEL=1 FROM="green 1.1.0" TO="blue 1.0.0" DURATION=3.0s STATUS=done REASON="green answers 500"\n`,
    );
    expect(textOf(changesOf(linesOf([{ ...begun(1), from: null, reason: "two\nlines" }])))).toBe(
      `[${at(1)}] LEVEL=1 FROM=- TO="blue 1.0.0" DURATION=- STATUS=started REASON="two\\nlines"\n`,
    );
  });
});

describe("the engine's own history", () => {
  const changes = changesOf(linesOf(rollback(10)));
  const update = { kind: "update", startTime: at(8), endTime: at(14), result: "succeeded" };

  it("agrees when an update is about each change, with its result", () => {
    expect(disagreements(changes, [update])).toEqual([]);
    expect(disagreements(changes, [])).toEqual([]);
    expect(disagreements(changes, [{ ...update, startTime: at(60), endTime: at(61) }])).toEqual([]);
  });

  it("is asked for the update that the change is in, not for one that began soon after it", () => {
    const next = { ...update, startTime: at(14), endTime: at(14), result: "failed" };
    expect(disagreements(changes, [next, update])).toEqual([]);
  });

  it("is told where it does not", () => {
    expect(disagreements(changes, [{ ...update, result: "failed" }])[0]).toMatch(
      /\(line 1\): expected the result succeeded/,
    );
    expect(disagreements(changes, [{ ...update, startTime: at(1), endTime: at(2) }])[0]).toMatch(/expected an update/);
  });
});

it("a first deployment is no recovery, though its data begin to serve", () => {
  const promoted = {
    event: "promoted",
    operation: "promotion",
    level: 3,
    from: null,
    to: "initial",
    ...run(10),
    at: at(12),
  };
  const [first, ...others] = changesOf(linesOf([begun(10), promoted, ...deploy(10).slice(1)]));
  expect([first?.kind, first?.level, others]).toEqual(["deploy", 1, []]);
});

describe("a rollback by the command", () => {
  const id = "rb-1";
  const own = (event: string, second: number, more: object = {}): Told => ({
    ...{ event, operation: "rollback", id, level: 1, from: "green 1.1.0", to: "blue 1.0.0" },
    ...{ reason: "green answers 500", actor: "kim@ops", at: at(second), ...more },
  });

  it("is one change with the runs that it makes, from its first line to its own end", () => {
    const lines = [
      own("rollback-begun", 5),
      own("rollback-step", 6),
      ...rollback(10),
      own("rollback-step", 20),
      own("rollback-ended", 25, { status: "done" }),
    ];
    const [change, ...others] = changesOf(linesOf(lines));
    expect(others).toEqual([]);
    expect(change).toMatchObject({ id, runs: ["run-10"], kind: "rollback", status: "done", durationMs: 20_000 });
    expect(change).toMatchObject({ verdict: "level 1, green 1.1.0 -> blue 1.0.0", failedRequests: 467, seqs: [1, 8] });
  });

  it("has no end until its own line says so, and what others run after it was killed is not its own", () => {
    const killed = [own("rollback-begun", 5), ...rollback(10)];
    expect(changesOf(linesOf(killed)).map(({ status }) => status)).toEqual(["started"]);
    const later = changesOf(linesOf([...killed, ...change(60, "blue 1.0.0", "green 1.1.1", false, "fixed")]));
    expect(later.map(({ status, kind }) => [status, kind])).toEqual([
      ["started", "rollback"],
      ["done", "deploy"],
    ]);
  });

  it("is refused or aborted as it says, also where its `up` was refused", () => {
    expect(changesOf(linesOf([own("refused", 5, { error: "no" })]))[0]).toMatchObject({ id, status: "refused" });
    const inside = { ...begun(10), event: "refused", run: undefined };
    const changes = changesOf(
      linesOf([own("rollback-begun", 5), inside, own("rollback-ended", 12, { status: "refused" })]),
    );
    expect(changes.map(({ status }) => status)).toEqual(["refused"]);
    const ended = (status: string) =>
      changesOf(linesOf([own("rollback-begun", 5), own("rollback-ended", 6, { status })]))[0]?.status;
    expect(["aborted", "failed", "unwell"].map(ended)).toEqual(["aborted", "failed", "done"]);
  });
});

import { expect, it } from "vitest";
import { hashIsolationGoal } from "../../operations/isolation/goal.ts";
import type { IsolationRecord } from "../../operations/isolation/record.ts";
import { judgeIsolation } from "../../stacks/judge-isolation.ts";
import { reachedIsolation as reached, isolationRecord as record, setting } from "./setting.ts";

const router = (isolate: boolean) => ({ router: { port: 8080, isolate } });

const judged = (config: object, found: IsolationRecord | undefined, loose: readonly string[] = []) =>
  judgeIsolation(setting({ ...config }).plan, { value: { record: found, loose, published: {} } });

it("registers nothing for a stack that was never isolated", () => {
  expect(judged({}, undefined)).toMatchObject({ step: "none", goal: undefined, fresh: undefined, frozen: false });
});

it("begins, also where nobody can tell what was before", () => {
  const begun = { step: "begins", goal: { stack: "test", state: "isolated" }, frozen: true, fresh: "none" };
  expect(judged(router(true), undefined)).toMatchObject(begun);
  expect(judgeIsolation(setting(router(true)).plan, { unknown: "no answer" })).toMatchObject(begun);
});

it("is no change while everything is cut, and one when something is not", () => {
  expect(judged(router(true), record())).toMatchObject({ step: "stays", epoch: "e1" });
  expect(judged(router(true), record(), ["test-blue-orders-1"]).epoch).not.toBe("e1");
  const pending = { epoch: "e2", goal: reached, since: "2026-11-21T10:00:00Z" };
  expect(judged(router(true), record({ marker: { goal: reached, epoch: "e1", pending } })).epoch).not.toBe("e1");
});

it("ends as a false alarm without a clearance, or with one from before it", () => {
  const ends = { step: "ends", goal: { state: "ended" }, frozen: false, fresh: "none" };
  expect(judged(router(false), record())).toMatchObject(ends);
  const before = { by: "ann", at: "2026-11-21T09:00:00Z" };
  expect(judged({ ...router(false), clearance: before }, record())).toMatchObject(ends);
});

it("with a clearance makes every container anew, and keeps that in mind afterwards", () => {
  const clearance = { by: "ann", at: "2026-11-21T12:00:00+01:00" };
  expect(judged({ ...router(false), clearance }, record())).toMatchObject({
    step: "clears",
    goal: { state: "cleared", clearance },
    fresh: clearance.at,
  });
  const goal = hashIsolationGoal({ stack: "test", state: "cleared", clearance });
  const done = record({
    fresh: clearance.at,
    ended: { at: "2026-11-21T12:05:00Z", actor: "ann", clearance },
    marker: { goal, epoch: "e3", pending: null },
  });
  const after = { step: "none", epoch: "e3", fresh: clearance.at, record: undefined };
  expect(judged({ ...router(false), clearance }, done)).toMatchObject(after);
  expect(judged(router(false), done)).toMatchObject(after);
  expect(judged({ ...router(true), clearance }, done)).toMatchObject({ step: "begins", fresh: clearance.at });
});

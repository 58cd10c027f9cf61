import { expect, it } from "vitest";
import { type Catalogue, firstCatalogue, type RecoveryRequest } from "../../../operations/generations/format.ts";
import { admit } from "../../../operations/recovery/admit.ts";
import { recordReady } from "../../../operations/recovery/operation.ts";
import { someGoal } from "./goal.ts";

const at = "2026-11-21T02:00:00.000Z";

function catalogue(change: Partial<RecoveryRequest> = {}, state: "making" | "ready" = "making"): Catalogue {
  const goal = someGoal();
  const first = firstCatalogue(at);
  const request: RecoveryRequest = {
    hash: goal.request,
    target: { kind: "time", at },
    drill: false,
    recoveryId: "",
    at,
    state: "pending",
    generation: goal.generation,
    goal: JSON.stringify(goal),
    epoch: "e1",
    actor: "test",
    reason: "",
    ...change,
  };
  const made = {
    ...first.generations[0]!,
    name: goal.generation,
    index: 1,
    state,
    request: goal.request,
    source: { generation: "initial", timeline: 1 },
    timeline: null,
  };
  return { ...first, generations: [...first.generations, made], requests: [request] };
}

it("makes what is asked for and not made yet", () => {
  expect(admit(catalogue(), someGoal(), "e1")).toBe("make");
  expect(admit(catalogue({}, "ready"), someGoal(), "e1")).toBe("made");
});

it("leaves a request alone that is done or abandoned, whoever asks", () => {
  expect(admit(catalogue({ state: "done" }), someGoal(), "other")).toBe("over");
  expect(admit(catalogue({ state: "abandoned" }), someGoal(), "e1")).toBe("over");
});

it("refuses an operation that another one has taken the place of, and a request that nobody recorded", () => {
  expect(() => admit(catalogue({ epoch: "e2" }), someGoal(), "e1")).toThrow(
    "expected epoch e1 to be the one of the request for restored-abababab, got e2; another operation has begun since",
  );
  expect(() => admit(firstCatalogue(at), someGoal(), "e1")).toThrow("in the catalogue, got none; run `up`");
  expect(() => admit(undefined, someGoal(), "e1")).toThrow("in the catalogue, got none; run `up`");
});

const report = {
  generation: someGoal().generation,
  state: "ready",
  seconds: 1,
  copySeconds: 1,
  replaySeconds: 1,
  bytes: 1,
  walBytes: 1,
  way: "pgbackrest",
  base: "20261121-020000F",
  tail: "whole",
  stopLsn: "0/3000148",
  lastCommitAt: null,
  timeline: 2,
  systemIdentifier: "7",
  checks: [],
} as const;

it("records what is ready, and leaves its request to the promotion", () => {
  const recorded = recordReady(catalogue(), someGoal(), report);
  expect(recorded.generations[1]).toMatchObject({ state: "ready", timeline: 2, systemIdentifier: "7" });
  expect(recorded.generations[0]).toMatchObject({ name: "initial", timeline: 1 });
  expect(recorded.requests[0]?.state).toBe("pending");
});

it("ends the request of a drill, after which nothing switches", () => {
  const recorded = recordReady(catalogue(), someGoal({ drill: true }), { ...report, state: "drill" });
  expect(recorded.generations[1]?.state).toBe("drill");
  expect(recorded.requests[0]?.state).toBe("done");
});

import { describe, expect, it } from "vitest";
import { compare } from "../../../operations/router/confirm.ts";
import { drainPlan } from "../../../operations/router/drain.ts";
import { hashGoal, type Pointer, type RouterGoal, type TargetService } from "../../../operations/router/goal.ts";
import {
  confirmProbes,
  describePointer,
  gated,
  left,
  levelOf,
  moves,
  receiving,
} from "../../../operations/router/traffic.ts";

const green: Pointer = {
  color: "green",
  mode: "serve",
  canary: { percent: 0, sticky: false },
  releases: { blue: "1.0.0", green: "1.1.0" },
  retryAfterSeconds: 30,
};
const blue: Pointer = { ...green, color: "blue" };
const canary: Pointer = { ...green, canary: { percent: 10, sticky: false } };
const maintenance: Pointer = { ...green, mode: "maintenance" };

const web: TargetService = {
  name: "web",
  port: 8080,
  live: "/live",
  ready: "/ready",
  drainHook: "/drain",
  route: { path: "/" },
  replicas: [{ container: "s-green-web-1", address: "10.83.1.16" }],
  image: "sha256:1",
};
const goal: RouterGoal = {
  stack: "s",
  pointer: green,
  colors: { blue: [web], green: [web] },
  gate: { timeoutSeconds: 30, consecutive: 2 },
  confirm: { connections: 5 },
  drain: { httpSeconds: 30, webSocketSeconds: 60, webSocketsPerSecond: 25, wait: false },
};

it("a switch is level 2 when the target was made anew in another release, else level 1", () => {
  expect(levelOf(green, blue)).toBe(1);
  expect(levelOf(green, { ...blue, releases: { ...blue.releases, blue: "1.2.0" } })).toBe(2);
  // Only the color being left was made anew, or nothing but a release changed: no traffic followed a release.
  expect(levelOf(green, { ...blue, releases: { ...blue.releases, green: "1.2.0" } })).toBe(1);
  expect(levelOf(green, { ...green, releases: { ...green.releases, blue: "1.2.0" } })).toBe(1);
});

describe("which colors a pointer sends requests to", () => {
  it.each([
    ["the color alone", green, ["green"]],
    ["both with a canary", canary, ["green", "blue"]],
    ["the other alone at 100 %", { ...green, canary: { percent: 100, sticky: false } }, ["blue"]],
    ["none in maintenance", maintenance, []],
    ["none in isolation", { ...green, mode: "isolate" }, []],
  ] as const)("%s", (_, pointer, expected) => expect(receiving(pointer)).toEqual(expected));
});

describe("which colors must pass the gate", () => {
  it.each([
    ["the target of a switch, never the color being left", green, blue, ["blue"]],
    ["a canary", green, canary, ["blue"]],
    ["a canary again when its share grows", canary, { ...green, canary: { percent: 20, sticky: false } }, ["blue"]],
    ["nothing when a canary ends", canary, green, []],
    ["nothing when a canary becomes the color", canary, blue, []],
    ["the color that serves after maintenance", maintenance, green, ["green"]],
    ["nothing on the way into maintenance", green, maintenance, []],
    ["nothing when the goal holds", green, green, []],
  ] as const)("%s", (_, from, to, expected) => expect(gated(from, to)).toEqual(expected));
});

describe("which colors are left, to be drained", () => {
  it.each([
    ["the color of before", green, blue, ["green"]],
    ["the canary that ends", canary, green, ["blue"]],
    ["both for maintenance", canary, maintenance, ["green", "blue"]],
    ["none when a canary begins", green, canary, []],
  ] as const)("%s", (_, from, to, expected) => expect(left(from, to)).toEqual(expected));
});

it("moves nothing when releases or Retry-After alone change", () => {
  expect(moves(green, { ...green, retryAfterSeconds: 5, releases: { blue: null, green: "1.1.0" } })).toBe(false);
  expect(moves(green, canary)).toBe(true);
});

it("describes a pointer in words", () => {
  expect([green, canary, maintenance].map(describePointer)).toEqual([
    "green 1.1.0",
    "green 1.1.0 with 10 % on blue 1.0.0",
    "maintenance",
  ]);
});

describe("what the confirmation asks", () => {
  it("asks `ready` where the router sends it to the service, else the route's own path", () => {
    const api: TargetService = { ...web, name: "api", route: { path: "/api" } };
    const deep: TargetService = { ...web, name: "deep", ready: "/deep/ready", route: { path: "/deep" } };
    const services = [web, api, deep, { ...web, name: "worker", route: undefined }];
    expect(confirmProbes({ ...goal, colors: { blue: [], green: services } })).toEqual([
      { service: "web", path: "/ready", host: undefined },
      { service: "api", path: "/api", host: undefined },
      { service: "deep", path: "/deep/ready", host: undefined },
    ]);
  });

  it("with a canary asks only services that both colors have", () => {
    const api: TargetService = { ...web, name: "api", route: { path: "/api" } };
    const probes = confirmProbes({ ...goal, pointer: canary, colors: { blue: [web], green: [web, api] } });
    expect(probes.map(({ service }) => service)).toEqual(["web"]);
  });

  it.each([
    ["the target", { status: "200", color: "green", release: "1.1.0" }, undefined],
    ["an application's own error", { status: "404", color: "green", release: "1.1.0" }, undefined],
    [
      "another color",
      { status: "200", color: "blue", release: "1.0.0" },
      "expected an answer of green 1.1.0 through the router, got 200 from blue 1.0.0",
    ],
    [
      "another release",
      { status: "200", color: "green", release: "1.0.9" },
      "expected an answer of green 1.1.0 through the router, got 200 from green 1.0.9",
    ],
    [
      "a target that does not answer",
      { status: "502", color: "green", release: "1.1.0" },
      "expected green to answer through the router, got 502",
    ],
    [
      "nothing",
      { status: "000", color: "", release: "" },
      "expected an answer of green 1.1.0 through the router, got 000 from no color",
    ],
  ])("judges an answer of %s", (_, answer, problem) => expect(compare(answer, goal, ["green"])).toBe(problem));

  it("does not ask a color to answer that served before", () => {
    expect(compare({ status: "502", color: "green", release: "1.1.0" }, goal, [])).toBeUndefined();
  });

  it("expects 503 without a color in maintenance", () => {
    const goalOf = { ...goal, pointer: maintenance };
    expect(compare({ status: "503", color: "", release: "" }, goalOf, [])).toBeUndefined();
    expect(compare({ status: "200", color: "green", release: "1.1.0" }, goalOf, [])).toBe(
      "expected 503 in maintenance, got 200 from green 1.1.0",
    );
  });
});

it("hashes a goal whatever the order of its keys, and with the configuration", () => {
  const { stack, ...others } = goal;
  expect(hashGoal({ ...others, stack }, "a")).toBe(hashGoal(goal, "a"));
  expect(hashGoal(goal, "b")).not.toBe(hashGoal(goal, "a"));
  expect(hashGoal({ ...goal, pointer: blue }, "a")).not.toBe(hashGoal(goal, "a"));
});

it("drains with hooks and budgets, and in isolation with neither", () => {
  expect(drainPlan(goal, "green")).toMatchObject({ hooks: ["http://10.83.1.16:8080/drain"], httpSeconds: 30 });
  const isolated = drainPlan({ ...goal, pointer: { ...green, mode: "isolate" } }, "green");
  expect(isolated).toMatchObject({ hooks: [], httpSeconds: 0, webSocketSeconds: 0 });
});

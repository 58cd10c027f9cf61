import { expect, it } from "vitest";
import { thresholdsOf } from "../../../decision/profiles.ts";
import { type ContainerFacts, judgeContainers } from "../../../operations/decision/containers.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const container = (facts: Partial<ContainerFacts>): ContainerFacts => ({
  name: "production-green-orders-1",
  service: "orders",
  running: true,
  restarting: false,
  restarts: 0,
  startedAt: ago(1),
  outOfMemory: false,
  memoryPercent: 40,
  ...facts,
});
const judge = (...containers: Partial<ContainerFacts>[]) =>
  judgeContainers(containers.map(container), now, thresholdsOf("telemetry"));

it.each<[string, Partial<ContainerFacts>, string | undefined]>([
  ["runs since it was made", {}, undefined],
  ["was restarted by Docker a minute ago", { restarts: 1 }, "once"],
  ["was restarted by Docker long ago", { restarts: 1, startedAt: ago(16) }, undefined],
  ["was restarted three times", { restarts: 3 }, "loop"],
  ["was restarted three times, long ago", { restarts: 3, startedAt: ago(16) }, undefined],
  ["waits for its next restart", { restarts: 2, restarting: true, running: false }, "loop"],
  ["does not run", { running: false }, "down"],
])("a container that %s", (_, facts, crash) => {
  expect(judge(facts).symptoms.crash).toBe(crash);
});

it("names the worst: what crashes before what is full", () => {
  const full = { name: "production-green-mail-1", service: "mail", memoryPercent: 97 };
  expect(judge({}, full)).toMatchObject({ symptoms: { memoryPercent: 97 }, worst: { service: "mail" } });
  expect(judge({ running: false }, full)).toMatchObject({
    symptoms: { crash: "down", memoryPercent: 97 },
    worst: { service: "orders" },
  });
});

it("counts one that ended for want of memory as full", () => {
  expect(judge({ running: false, outOfMemory: true, memoryPercent: undefined }).symptoms).toEqual({
    crash: "down",
    memoryPercent: 100,
  });
});

it("names the router when that is what crashed, and no container when there is none", () => {
  const router = { name: "production-router", service: undefined };
  expect(judge({}, { ...router, memoryPercent: 99 }).worst?.service).toBe("orders");
  expect(judge({}, { ...router, running: false })).toMatchObject({ symptoms: { crash: "down" }, worst: router });
  expect(judge()).toEqual({ symptoms: {}, worst: undefined });
});

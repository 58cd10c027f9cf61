import type Docker from "dockerode";
import { describe, expect, it } from "vitest";
import { type FilesGoal, hashFilesGoal } from "../../operations/files/goal.ts";
import type { FilesState } from "../../operations/files/state.ts";
import type { CertificatePlan } from "../../stacks/certificate-plan.ts";
import { judgePlatform } from "../../stacks/judge-platform.ts";
import type { StackPlan } from "../../stacks/plan.ts";
import type { PlatformServicePlan } from "../../stacks/platform-plan.ts";
import type { Live } from "../../stacks/probe.ts";
import type { Probed } from "../../stacks/probe-bounded.ts";
import { routerWith } from "./setting.ts";

const goal = (part: string, container: string, keep: string[] = []): FilesGoal => ({
  stack: "test",
  part,
  container,
  marker: "/marker",
  files: [{ path: "/etc/a", content: part, mode: 0o444, uid: 0 }],
  keep,
  reload: { signal: "SIGHUP" },
  ready: null,
});
const service = {
  name: "metrics",
  container: "test-metrics",
  image: { label: "metrics:1", reference: "sha256:m" },
  config: { reload: { signal: "SIGHUP" } },
  spec: "spec1",
  checks: [],
  files: {},
  secrets: {},
  goal: goal("metrics", "test-metrics", ["test-metrics-data"]),
} as unknown as PlatformServicePlan;
const days = (count: number) => new Date(Date.now() + count * 86_400_000);
const certificate = (from: number, to: number) =>
  ({
    subject: "DNS:a.example",
    validFrom: days(from),
    validTo: days(to),
    goal: goal("certificate", "test-router"),
  }) as unknown as CertificatePlan;

const config = (isolate: boolean, activeColor = "green") =>
  ({ activeColor, router: { isolate, canary: { percent: 0 } } }) as StackPlan["config"];
const plan = (changes: Partial<StackPlan> = {}) =>
  ({ stack: "test", config: config(false), platformServices: [service], ...changes }) as StackPlan;
const container = (name: string, labels: Record<string, string> = {}) =>
  [name, { name, id: name, running: true, image: "sha256:m", labels }] as const;
const live = (...containers: (readonly [string, unknown])[]): Live =>
  ({
    containers: { value: new Map(containers) },
    images: { value: new Map() },
    router: routerWith({}),
  }) as unknown as Live;
const whole = live(container("test-metrics", { "switchback.spec": "spec1" }), container("test-metrics-data-keeper"));
const reached = (of: FilesGoal, changes: Partial<FilesState> = {}): Probed<FilesState> => ({
  value: { marker: { goal: hashFilesGoal(of), epoch: "e1", pending: null }, differing: [], ...changes },
});

const judge = (found: Probed<FilesState | undefined>, on: Live = whole, changes: Partial<StackPlan> = {}) =>
  judgePlatform({} as Docker, plan(changes), on, new Map([["metrics", found]]));

describe("a part of the platform", () => {
  it("keeps its epoch, its container and the verdict's silence when everything is as it says", async () => {
    expect(await judge(reached(service.goal!))).toEqual({
      parts: { metrics: { epoch: "e1", unreadable: false } },
      stays: ["metrics"],
      conditions: [],
      changes: [],
    });
  });

  it.each([
    [
      "an operation that died",
      reached(service.goal!, { marker: { goal: "g", epoch: "e1", pending: { epoch: "e2", goal: "g", since: "" } } }),
      whole,
    ],
    ["a container just made", reached(service.goal!, { marker: null }), whole],
    ["a keeper that is gone", reached(service.goal!), live(container("test-metrics", { "switchback.spec": "spec1" }))],
  ])("gets a new epoch after %s", async (_, found, on) => {
    expect((await judge(found, on)).parts.metrics?.epoch).not.toBe("e1");
  });

  it("takes new files while its container stays, and says so", async () => {
    const judged = await judge(reached(service.goal!, { differing: ["/etc/a"] }));
    expect(judged).toMatchObject({ stays: ["metrics"], changes: ["metrics gets new files while it runs"] });
  });

  it("is made anew when what makes its container differs", async () => {
    const judged = await judge(reached(service.goal!), live(container("test-metrics", { "switchback.spec": "other" })));
    expect(judged).toMatchObject({ stays: [], changes: ["metrics is made anew, and is away meanwhile"] });
  });

  it("is left alone when its marker cannot be read, and while the stack is isolated", async () => {
    const judged = await judge({ unknown: "no answer" });
    expect(judged.parts.metrics?.unreadable).toBe(true);
    expect(judged.conditions).toMatchObject([{ name: "platform-metrics", answer: "unknown" }]);
    expect((await judge(reached(service.goal!), whole, { config: config(true) })).parts.metrics?.unreadable).toBe(true);
  });

  it("that cannot be read does not stop the traffic from going back", async () => {
    const judged = await judge({ unknown: "no answer" }, whole, { config: config(false, "blue") });
    expect(judged.conditions).toMatchObject([{ name: "platform-metrics", answer: "yes" }]);
  });

  it("is refused without its image, when it has to be made", async () => {
    const on = { ...live(), images: { value: new Map([["sha256:m", null]]) } } as Live;
    expect((await judge({ value: undefined }, on)).conditions).toMatchObject([
      { name: "platform-image", answer: "no", detail: expect.stringContaining("metrics:1") },
    ]);
    expect((await judge(reached(service.goal!), { ...on, containers: whole.containers })).conditions).toEqual([]);
  });
});

describe("a certificate", () => {
  const answer = async (from: number, to: number, served: boolean) => {
    const own = certificate(from, to);
    const found = new Map([["certificate", served ? reached(own.goal) : { value: undefined }]]);
    const { conditions } = await judgePlatform(
      {} as Docker,
      plan({ certificate: own, platformServices: [] }),
      whole,
      found,
    );
    return conditions.map(({ name, answer: given, detail }) => `${name} ${given} ${detail}`).join();
  };

  it("that is valid is said with its end", async () => {
    expect(await answer(-1, 30, false)).toMatch(/^certificate yes of DNS:a\.example, until 20/);
  });

  it("that has expired, or is not valid yet, is refused where it would serve anew", async () => {
    expect(await answer(-30, -1, false)).toMatch(
      /^certificate no expected a certificate that is valid now, got .* expired on/,
    );
    expect(await answer(1, 30, false)).toMatch(/^certificate no .* is valid only from/);
  });

  it("that has expired does not stop anything where it serves already", async () => {
    expect(await answer(-30, -1, true)).toMatch(/^certificate yes .* expired on .*, and serves already; renew it/);
  });
});

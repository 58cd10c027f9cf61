import { hashIsolationGoal } from "../../operations/isolation/goal.ts";
import type { IsolationRecord } from "../../operations/isolation/record.ts";
import type { Owner } from "../../operations/live/owner.ts";
import type { RouterFile } from "../../operations/router/goal.ts";
import { changeOf } from "../../stacks/change.ts";
import { conditionsOf } from "../../stacks/conditions.ts";
import { loadStack } from "../../stacks/load.ts";
import type { ColorPlan, StackPlan } from "../../stacks/plan.ts";
import type { Live, LiveContainer } from "../../stacks/probe.ts";
import type { ColorName } from "../../stacks/schema.ts";
import { decide, type Verdict } from "../../stacks/verdict.ts";
import { rawConfig } from "./fixtures.ts";

export const owner: Owner = { engine: "embedded", stateId: "s1", project: "switchback", stack: "test" };
export const image = `sha256:${"a".repeat(64)}`;

/** Green serves, blue is warm; both run what the plan says. */
export function setting(changes: Readonly<Record<string, unknown>> = {}): { plan: StackPlan; live: Live } {
  const { config } = loadStack(rawConfig({ ...changes }));
  if (!config) throw new Error("the fixture's config is wrong");
  const color = (name: ColorName, release: string): ColorPlan => ({
    color: name,
    network: { name: `test-${name}`, subnet: "", gateway: "", router: "" },
    release,
    set: undefined,
    accepts: undefined,
    services: [
      {
        name: "orders",
        image: { label: `switchback/orders:${release}`, reference: image },
        config: config.services.orders!,
        secrets: {},
        replicas: [{ container: `test-${name}-orders-1`, address: "10.240.0.16" }],
        spec: `${name}-spec`,
      },
    ],
    smoke: [],
  });
  const plan = {
    stack: "test",
    config,
    colors: { blue: color("blue", "1.0.0"), green: color("green", "1.1.0") },
    platformNetwork: { name: "test-platform", subnet: "", gateway: "", router: "" },
    platform: { id: "platform-1", nginx: "", maintenancePage: "", tls: undefined, services: {} },
    platformServices: [],
    certificate: undefined,
    database: undefined,
    cache: undefined,
  };
  return { plan, live: liveSystem() };
}

export const container = (color: ColorName, changes: Partial<LiveContainer> = {}): [string, LiveContainer] => {
  const name = `test-${color}-orders-1`;
  const labels = {
    "switchback.stack": "test",
    "switchback.role": "service",
    "switchback.color": color,
    "switchback.service": "orders",
    "switchback.spec": `${color}-spec`,
  };
  return [name, { name, id: `${color}-id`, running: true, image, labels, ...changes }];
};

export const pointer = {
  color: "green" as const,
  mode: "serve" as const,
  canary: { percent: 0, sticky: false },
  releases: { blue: "1.0.0", green: "1.1.0" },
  retryAfterSeconds: 30,
};

const file = (changes: Partial<RouterFile> = {}): RouterFile =>
  ({
    pointer,
    marker: { goal: "g", pointer, epoch: "e1", pending: null },
    override: null,
    hold: null,
    since: "2026-01-01T00:00:00Z",
    ...changes,
  }) as RouterFile;

export const routerWith = (changes: Partial<RouterFile>): Live["router"] => ({
  value: { kind: "read", file: file(changes), memory: pointer, configHash: "h", status: undefined } as never,
});

export const health = (ready: boolean, detail = ""): Live["health"] => ({
  value: [{ service: "orders", container: "test-blue-orders-1", live: ready, ready, detail }],
});

function liveSystem(): Live {
  return {
    docker: { value: true },
    containers: { value: new Map([container("blue"), container("green")]) },
    router: routerWith({}),
    owner: { value: owner },
    health: health(true),
    database: undefined,
    images: {
      value: new Map([
        [image, { id: image, user: "10001" }],
        ["switchback/orders:1.0.0", { id: image, user: "10001" }],
      ]),
    },
  };
}

/** The verdict of a config with these changes, on a live system where these parts are otherwise. */
export function verdictOf(changes: Readonly<Record<string, unknown>>, live: Partial<Live> = {}): Verdict {
  const given = setting(changes);
  const merged = { ...given.live, ...live };
  return decide(changeOf(given.plan, merged), conditionsOf(given.plan, merged, owner), given.plan.config.accept);
}

/** What stops the run, as `name: detail`. */
export const refusals = (changes: Readonly<Record<string, unknown>>, live: Partial<Live> = {}): string[] =>
  verdictOf(changes, live).refused.map(({ name, detail }) => `${name}: ${detail}`);
export const toBlue = { activeColor: "blue" };

export const reachedIsolation = hashIsolationGoal({ stack: "test", state: "isolated" });

/** An isolation that stands. */
export const isolationRecord = (changes: Partial<IsolationRecord> = {}): IsolationRecord => ({
  version: 1,
  since: "2026-11-21T10:00:00Z",
  actor: "ann",
  reason: "",
  evidence: "test-evidence-1",
  containers: [],
  collected: true,
  ended: null,
  fresh: "none",
  marker: { goal: reachedIsolation, epoch: "e1", pending: null },
  ...changes,
});

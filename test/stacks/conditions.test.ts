import { describe, expect, it } from "vitest";
import type { Owner } from "../../operations/live/owner.ts";
import type { RouterFile } from "../../operations/router/goal.ts";
import { changeOf } from "../../stacks/change.ts";
import { conditionsOf } from "../../stacks/conditions.ts";
import { loadStack } from "../../stacks/load.ts";
import type { ColorPlan, StackPlan } from "../../stacks/plan.ts";
import type { Live, LiveContainer } from "../../stacks/probe.ts";
import type { ColorName } from "../../stacks/schema.ts";
import { decide, renderRefusal, renderVerdict } from "../../stacks/verdict.ts";
import { rawConfig } from "./fixtures.ts";

const owner: Owner = { engine: "embedded", stateId: "s1", project: "switchback", stack: "test" };
const image = `sha256:${"a".repeat(64)}`;

/** Green serves, blue is warm; both run what the plan says. */
function setting(changes: Readonly<Record<string, unknown>> = {}): { plan: StackPlan; live: Live } {
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
  });
  const plan = {
    stack: "test",
    config,
    colors: { blue: color("blue", "1.0.0"), green: color("green", "1.1.0") },
    platformNetwork: { name: "test-platform", subnet: "", gateway: "", router: "" },
    platform: { id: "platform-1", nginx: "", maintenancePage: "" },
    database: undefined,
  };
  return { plan, live: liveSystem() };
}

const container = (color: ColorName, changes: Partial<LiveContainer> = {}): [string, LiveContainer] => {
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

const pointer = {
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

const routerWith = (changes: Partial<RouterFile>): Live["router"] => ({
  value: { kind: "read", file: file(changes), memory: pointer, configHash: "h", status: undefined } as never,
});

const health = (ready: boolean, detail = ""): Live["health"] => ({
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

function verdictOf(changes: Readonly<Record<string, unknown>>, live: Partial<Live> = {}) {
  const given = setting(changes);
  const merged = { ...given.live, ...live };
  return decide(changeOf(given.plan, merged), conditionsOf(given.plan, merged, owner), given.plan.config.accept);
}

const refusals = (changes: Readonly<Record<string, unknown>>, live: Partial<Live> = {}) =>
  verdictOf(changes, live).refused.map(({ name, detail }) => `${name}: ${detail}`);
const toBlue = { activeColor: "blue" };

describe("a switch to the other, warm color", () => {
  it("is level 1, allowed, and names from, to and every condition", () => {
    const verdict = verdictOf(toBlue);
    expect(verdict).toMatchObject({ level: 1, from: "green", to: "blue", refused: [] });
    expect(renderVerdict(verdict).split("\n")[0]).toBe(
      "verdict: allowed: level 1, green 1.1.0 -> blue 1.0.0 (traffic only, both colors are warm)",
    );
    expect(verdict.conditions.map(({ name, answer }) => `${name} ${answer}`)).toEqual([
      "docker yes",
      "owner yes",
      "router yes",
      "activeColorFrozen yes",
      "image yes",
      "health yes",
    ]);
  });

  it("is allowed while the color being left is dead, gone or unhealthy", () => {
    expect(refusals(toBlue, { containers: { value: new Map([container("blue")]) } })).toEqual([]);
    expect(
      refusals(toBlue, { containers: { value: new Map([container("blue"), container("green", { running: false })]) } }),
    ).toEqual([]);
  });

  it("is refused to a color that is not ready", () => {
    expect(refusals(toBlue, { health: health(false, "connection refused") })[0]).toMatch(
      /^health: test-blue-orders-1 is not ready \(connection refused\)/,
    );
  });

  it("is refused to a color that runs another image than the recorded one", () => {
    const containers = { value: new Map([container("blue", { image: "sha256:other" }), container("green")]) };
    expect(refusals(toBlue, { containers })[0]).toMatch(
      /^image: expected test-blue-orders-1 to run sha256:aaaaaaaaaaaa, got sha256:other/,
    );
  });

  it("is refused while it would change the color that serves", () => {
    const containers = {
      value: new Map([
        container("blue"),
        container("green", { labels: { ...container("green")[1].labels, "switchback.spec": "old" } }),
      ]),
    };
    expect(refusals(toBlue, { containers })[0]).toContain(
      "pulumi config set --path colors.blue.imageTag 1.1.0 && pulumi config set activeColor blue",
    );
  });

  it("waits for a warm-up when the target's containers must be made first: level 2", () => {
    expect(verdictOf(toBlue, { containers: { value: new Map([container("green")]) } })).toMatchObject({
      level: 2,
      refused: [],
    });
  });

  it("is refused when what would be made is not the recorded image", () => {
    const containers = { value: new Map([container("green")]) };
    const swapped = new Map([
      [image, { id: image, user: "10001" }],
      ["switchback/orders:1.0.0", { id: `sha256:${"b".repeat(64)}`, user: "10001" }],
    ]);
    expect(refusals(toBlue, { containers, images: { value: swapped } })[0]).toContain(
      "got sha256:bbbbbbbbbbbb: it was rebuilt or swapped",
    );
    expect(refusals(toBlue, { containers, images: { value: new Map([[image, null]]) } })[0]).toContain(
      "build it: npm run setup",
    );
  });

  it("is refused when what would be made runs as root", () => {
    const images = { value: new Map([[image, { id: image, user: "" }]]) };
    expect(refusals(toBlue, { containers: { value: new Map([container("green")]) }, images })[0]).toContain(
      "to run as a user other than root",
    );
  });

  it("is refused while the stack is isolated", () => {
    expect(refusals(toBlue, { router: routerWith({ pointer: { ...pointer, mode: "isolate" } }) })[0]).toMatch(
      /^isolate: expected no change of color/,
    );
  });
});

describe("the conditions", () => {
  it("refuse everything, by one sentence, when the Docker engine does not answer", () => {
    expect(refusals(toBlue, { docker: { unknown: "connect ENOENT" } })).toEqual([
      expect.stringMatching(/^docker: expected a Docker engine at .*, got: connect ENOENT; start it/),
    ]);
  });

  it("refuse another owner until it adopts the stack", () => {
    expect(refusals({}, { owner: { value: { ...owner, engine: "pulumi" } } })[0]).toContain(
      "switchback stack adopt --stack test",
    );
  });

  it("refuse a config that says another color than a standing override, with the two ways out", () => {
    const router = routerWith({
      override: { color: "blue", who: "ann", why: "green is down", when: "2026-01-01T00:00:00Z" },
    });
    expect(refusals({}, { router })[0]).toMatch(
      /pulumi config set activeColor blue; or end it: docker exec <stack>-router switchback-route --clear$/,
    );
    expect(refusals(toBlue, { router })).toEqual([]);
  });

  it("take an unknown for a refusal, unless the config accepts it by name", () => {
    const live = { router: { unknown: "no answer within 2 s" } };
    expect(verdictOf({}, live).refused.map(({ name }) => name)).toEqual(["router"]);
    expect(verdictOf({ accept: ["router"] }, live).refused).toEqual([]);
  });

  it("never let an accepted condition through when the answer is no", () => {
    expect(verdictOf({ ...toBlue, accept: ["health"] }, { health: health(false) }).refused).toHaveLength(1);
  });

  it("ask nothing of any color when no traffic moves", () => {
    const verdict = verdictOf({}, { health: { unknown: "no answer" } });
    expect(verdict).toMatchObject({ level: 0, refused: [] });
    expect(verdict.summary).toBe("no traffic moves, green 1.1.0 stays active");
  });

  it("want a canary's color ready as well", () => {
    const changes = { router: { port: 1, canary: { percent: 5 } } };
    expect(refusals(changes, { health: health(false) })[0]).toMatch(/^health: test-blue-orders-1 is not ready/);
  });

  it("say that an unfinished change is settled by this run", () => {
    const pending = { epoch: "e2", goal: "g2", since: "2026-01-01T00:00:00Z" };
    const router = routerWith({ marker: { goal: "g", pointer, epoch: "e1", pending } });
    expect(renderVerdict(verdictOf({}, { router }))).toContain(
      "a change begun at 2026-01-01T00:00:00Z was not finished; this run settles it",
    );
  });
});

it("a refusal says that nothing was changed, and how to accept what is only unknown", () => {
  const text = renderRefusal(verdictOf({}, { router: { unknown: "no answer within 2 s" } }));
  expect(text).toBe(
    "refused, nothing was changed: green 1.1.0 is to get the traffic, and the router could not be asked\n" +
      "  router: its marker could not be read: no answer within 2 s; if you know better: pulumi config set --path 'accept[0]' router",
  );
});

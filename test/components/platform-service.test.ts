import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it } from "vitest";
import { Cache } from "../../components/cache.ts";
import { renderCache } from "../../components/cache-conf.ts";
import { PlatformService } from "../../components/platform-service.ts";
import type { CachePlan } from "../../stacks/cache-plan.ts";
import type { PlatformServicePlan } from "../../stacks/platform-plan.ts";
import { cache } from "../../stacks/schema-cache.ts";
import { type Registered, recordResources, settled } from "../helpers/mocks.ts";

let registered: Registered[];
beforeEach(() => {
  registered = recordResources();
});
const reclaim = () => new pulumi.ResourceHook("reclaim", () => {});
const goal = {
  stack: "test",
  part: "metrics",
  container: "test-metrics",
  marker: "/etc/switchback/files.json",
  files: [],
  keep: [],
  reload: null,
  ready: null,
};
const service: PlatformServicePlan = {
  name: "metrics",
  container: "test-metrics",
  address: "10.0.2.128",
  image: { label: "metrics:1", reference: "sha256:m" },
  config: {
    image: "metrics:1",
    slot: 0,
    port: 9090,
    publish: { port: 9091, bind: "127.0.0.1" },
    env: {},
    secrets: {},
    volumes: { data: "/data" },
    memoryMb: 64,
    stopSeconds: 10,
    reload: { signal: "SIGHUP" },
  },
  env: { A: "a" },
  files: { "/etc/m.yml": "m" },
  secrets: { token: "hunter2" },
  spec: "spec1",
  checks: [],
  goal,
};

const create = async (plan: PlatformServicePlan): Promise<Registered[]> => {
  const args = { stack: "test", plan, networkName: "test-platform", epoch: "e1", unreadable: false };
  new PlatformService("metrics", { ...args, stays: false, frozen: false, reclaim: reclaim() });
  await settled();
  return registered;
};

it("creates the volume, the container and the command of a platform service", async () => {
  const made = await create(service);
  expect(made.map(({ type, name }) => [type.split(":").at(-1), name])).toEqual([
    ["PlatformService", "metrics"],
    ["Volume", "metrics-data-volume"],
    ["Container", "metrics-container"],
    ["Command", "metrics"],
  ]);
  expect(made[2]?.inputs).toMatchObject({
    name: "test-metrics",
    networksAdvanced: [{ name: "test-platform", ipv4Address: "10.0.2.128", aliases: ["metrics"] }],
    ports: [{ internal: 9090, external: 9091, ip: "127.0.0.1" }],
    volumes: [{ volumeName: "test-metrics-data", containerPath: "/data" }],
  });
  expect(made[3]?.inputs).toMatchObject({ environment: { SWITCHBACK_EPOCH: "e1" } });
});

it("has no command for a service that has nothing to reload or to keep", async () => {
  const made = await create({ ...service, goal: undefined, config: { ...service.config, volumes: {} } });
  expect(made.map(({ type }) => type.split(":").at(-1))).toEqual(["PlatformService", "Container"]);
});

it("creates the cache in all three networks, its password in files alone", async () => {
  const plan: CachePlan = {
    config: cache.parse({ secret: "cache" }),
    image: { label: "switchback/cache:1", reference: "sha256:c" },
    container: "test-cache",
    addresses: { blue: "10.0.0.4", green: "10.0.1.4", platform: "10.0.2.4" },
    password: "hunter2",
    url: "redis://:hunter2@cache:6379",
    flush: undefined,
    goal: { ...goal, part: "cache", container: "test-cache" },
  };
  const networks = { blue: "test-blue", green: "test-green", platform: "test-platform" };
  new Cache("cache", {
    stack: "test",
    plan,
    networks,
    epoch: "e1",
    unreadable: false,
    frozen: false,
    reclaim: reclaim(),
  });
  await settled();
  const container = registered.find(({ name }) => name === "cache-container")!;
  const { uploads, ...rest } = container.inputs;
  expect(JSON.stringify(rest)).not.toContain("hunter2");
  expect(rest.networksAdvanced).toMatchObject([
    { name: "test-blue", ipv4Address: "10.0.0.4", aliases: ["cache"] },
    { name: "test-green", ipv4Address: "10.0.1.4", aliases: ["cache"] },
    { name: "test-platform", ipv4Address: "10.0.2.4", aliases: ["cache"] },
  ]);
});

it("renders redis.conf by how much is to outlive a restart, with the config's own directives over it", () => {
  const conf = renderCache(
    cache.parse({ secret: "a", memoryMb: 100, persistence: "aof", parameters: { "maxmemory-policy": "noeviction" } }),
  );
  expect(conf).toContain("maxmemory 69mb\nmaxmemory-policy noeviction\nappendonly yes\n");
  expect(renderCache(cache.parse({ secret: "a" }))).toContain('appendonly no\nsave ""\n');
});

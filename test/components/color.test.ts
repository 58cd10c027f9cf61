import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it } from "vitest";
import { Color } from "../../components/color.ts";
import type { ColorPlan, ServicePlan } from "../../stacks/plan.ts";
import { type Registered, recordResources, settled } from "../helpers/mocks.ts";

const network = { name: "test-blue", subnet: "10.0.0.0/24", gateway: "10.0.0.1", router: "10.0.0.2" };
const service: ServicePlan = {
  name: "orders",
  image: { label: "switchback/orders:1.0.0", reference: "sha256:abc" },
  config: {
    image: "switchback/orders",
    slot: 0,
    port: 8080,
    health: { live: "/live", ready: "/ready" },
    webSockets: [],
    env: { LEVEL: "info" },
    files: { "/etc/flags": "{}" },
    secrets: { db: "dbPassword" },
    database: false,
    cache: false,
    volumes: { data: "/data" },
    memoryMb: 100,
    replicas: 2,
    stopSeconds: 7,
    healthcheck: { command: ["check"], intervalSeconds: 3 },
  },
  secrets: { db: "hunter2" },
  replicas: [
    { container: "test-blue-orders-1", address: "10.0.0.16" },
    { container: "test-blue-orders-2", address: "10.0.0.17" },
  ],
  spec: "spec1",
};
const present: ColorPlan = {
  color: "blue",
  network,
  release: "1.0.0",
  set: undefined,
  accepts: undefined,
  services: [service],
  smoke: [],
};

/** How the SDK marks a secret on the wire. */
const secretMarker = "4dabf18193072939515e22adb298388d";

let registered: Registered[];
beforeEach(() => {
  registered = recordResources();
});

async function create(plan: ColorPlan): Promise<Registered[]> {
  const reclaim = new pulumi.ResourceHook("reclaim", () => {});
  new Color("blue", { stack: "test", plan, frozen: false, reclaim, fence: undefined, after: [] });
  await settled();
  return registered;
}

it("creates the network and one container per replica, under its own name", async () => {
  const found = await create(present);
  expect(found.map(({ type, name }) => [type, name])).toEqual([
    ["switchback:index:Color", "blue"],
    ["docker:index/network:Network", "blue-network"],
    ["docker:index/container:Container", "blue-orders-1"],
    ["docker:index/container:Container", "blue-orders-2"],
  ]);
});

it("gives each container its fixed address, image by digest, limits and labels", async () => {
  const container = (await create(present)).find(({ name }) => name === "blue-orders-2")?.inputs;
  expect(container).toMatchObject({
    name: "test-blue-orders-2",
    image: "sha256:abc",
    networksAdvanced: [{ name: "test-blue", ipv4Address: "10.0.0.17", aliases: ["orders"] }],
    volumes: [{ volumeName: "test-orders-data", containerPath: "/data" }],
    memory: 100,
    restart: "unless-stopped",
    destroyGraceSeconds: 7,
    securityOpts: ["no-new-privileges:true"],
    healthcheck: { tests: ["CMD", "check"], interval: "3s", timeout: "5s", startPeriod: "10s", retries: 3 },
    envs: ["LEVEL=info", "SWITCHBACK_COLOR=blue", "SWITCHBACK_RELEASE=1.0.0", "SWITCHBACK_SERVICE=orders"],
  });
  expect(container?.labels).toContainEqual({ label: "switchback.spec", value: "spec1" });
});

it("mounts the volumes of the generation that serves, once files were restored", async () => {
  const name = "test-orders-data-restored-1";
  const files = { names: { data: name }, first: "spec0", specs: ["spec0", "spec1"] };
  const [, , container] = await create({ ...present, services: [{ ...service, files }] });
  expect(container?.inputs.volumes).toEqual([{ volumeName: name, containerPath: "/data" }]);
});

it("hands secrets over as files that the state keeps encrypted, never as environment or label", async () => {
  const inputs = (await create(present)).find(({ name }) => name === "blue-orders-1")?.inputs as { uploads: unknown };
  const { uploads, ...rest } = inputs;
  expect(JSON.stringify(rest)).not.toContain("hunter2");
  expect(uploads).toEqual({
    [secretMarker]: "1b47061264138c4ac30d75fd1eb44270",
    value: [
      { file: "/etc/flags", content: "{}" },
      { file: "/run/secrets/db", content: "hunter2", permissions: "0444" },
    ],
  });
});

it("keeps the network while the color is absent, because the router is attached to it", async () => {
  const found = await create({ ...present, release: undefined, services: [] });
  expect(found.map(({ name }) => name)).toEqual(["blue", "blue-network"]);
});

import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it } from "vitest";
import { Router, type RouterArgs } from "../../components/router.ts";
import { type Registered, recordResources, settled } from "../helpers/mocks.ts";

let registered: Registered[];
beforeEach(() => {
  registered = recordResources();
});

async function create(changes: Partial<RouterArgs> = {}): Promise<Registered[]> {
  registered.length = 0;
  new Router("router", {
    spec: "router-spec",
    stack: "test",
    image: "sha256:router",
    bind: "127.0.0.1",
    port: 8099,
    memoryMb: 64,
    listeners: [],
    certificate: undefined,
    networks: [
      {
        plan: { name: "test-blue", subnet: "10.0.0.0/24", gateway: "10.0.0.1", router: "10.0.0.2" },
        name: "test-blue",
      },
    ],
    goal: '{"color":"green"}',
    nginxConf: "events {}",
    epoch: "e1",
    unreadable: false,
    frozen: false,
    reclaim: new pulumi.ResourceHook("reclaim", () => {}),
    after: [],
    ...changes,
  });
  await settled();
  return [...registered];
}

it("creates the volume, the container and the command, under its own name", async () => {
  expect((await create()).map(({ type, name }) => [type, name])).toEqual([
    ["switchback:index:Router", "router"],
    ["docker:index/volume:Volume", "router-volume"],
    ["docker:index/container:Container", "router-container"],
    ["command:local:Command", "router"],
  ]);
});

it("publishes one port and has a fixed address in each network", async () => {
  const container = (await create()).find(({ name }) => name === "router-container");
  expect(container?.inputs).toMatchObject({
    name: "test-router",
    ports: [{ internal: 8080, external: 8099, ip: "127.0.0.1", protocol: "tcp" }],
    networksAdvanced: [{ name: "test-blue", ipv4Address: "10.0.0.2" }],
    volumes: [{ volumeName: "test-router", containerPath: "/var/lib/switchback" }],
  });
});

it("changes nothing but the command's environment when the goal or the epoch changes", async () => {
  const before = await create();
  const after = await create({ goal: '{"color":"blue"}', epoch: "e2" });
  const changed = after.filter((resource, index) => JSON.stringify(resource) !== JSON.stringify(before[index]));
  expect(changed.map(({ type, name }) => [type, name])).toEqual([["command:local:Command", "router"]]);
  expect(changed[0]?.inputs).toEqual({
    create: "exec node operations/router.ts",
    environment: {
      SWITCHBACK_ROUTER_GOAL: '{"color":"blue"}',
      SWITCHBACK_EPOCH: "e2",
      SWITCHBACK_ROUTER_CONTAINER: "router-container-id",
    },
    stdin: "events {}",
    addPreviousOutputInEnv: false,
  });
});

it("gives the command no text to run on delete and no path of this machine", async () => {
  const inputs = (await create()).find(({ type }) => type === "command:local:Command")?.inputs ?? {};
  expect(inputs.delete).toBeUndefined();
  expect(JSON.stringify(inputs)).not.toContain(process.cwd());
});

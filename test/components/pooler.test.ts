import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it } from "vitest";
import { Pooler, type PoolerArgs } from "../../components/pooler.ts";
import { renderPooler } from "../../components/pooler-conf.ts";
import { type Registered, recordResources, settled } from "../helpers/mocks.ts";
import { databasePlan } from "./database-plan.ts";

let registered: Registered[];
beforeEach(() => {
  registered = recordResources();
});

async function create(changes: Partial<PoolerArgs> = {}): Promise<Registered[]> {
  registered.length = 0;
  new Pooler("pooler", {
    stack: "test",
    plan: databasePlan(),
    image: "sha256:pooler",
    networks: { blue: "test-blue", green: "test-green", platform: "test-platform" },
    reclaim: new pulumi.ResourceHook("reclaim", () => {}),
    frozen: false,
    epoch: "e1",
    unreadable: false,
    after: [],
    ...changes,
  });
  await settled();
  return [...registered];
}

const container = async (changes: Partial<PoolerArgs> = {}) =>
  (await create(changes)).find(({ name }) => name === "pooler-container")!.inputs;

it("creates the volume, the container and the command that brings the passwords: the entries are run-time state", async () => {
  expect((await create()).map(({ type, name }) => [type, name])).toEqual([
    ["switchback:index:Pooler", "pooler"],
    ["docker:index/volume:Volume", "pooler-volume"],
    ["docker:index/container:Container", "pooler-container"],
    ["command:local:Command", "pooler"],
  ]);
});

it("is reached as `pooler` at a fixed address in each network, and is published nowhere", async () => {
  const inputs = await container();
  expect(inputs.networksAdvanced).toEqual([
    { name: "test-blue", ipv4Address: "10.0.0.3", aliases: ["pooler"] },
    { name: "test-green", ipv4Address: "10.0.1.3", aliases: ["pooler"] },
    { name: "test-platform", ipv4Address: "10.0.2.3", aliases: ["pooler"] },
  ]);
  expect(inputs.ports).toBeUndefined();
  expect(inputs.envs).toEqual([
    "SWITCHBACK_STACK=test",
    "SWITCHBACK_DATABASE=app",
    "SWITCHBACK_GENERATION=initial",
    "SWITCHBACK_ADDRESS=10.0.2.16",
  ]);
});

it("hands the passwords over on stdin, as a secret, and makes no container of them", async () => {
  const command = (await create()).find(({ type }) => type === "command:local:Command")!.inputs;
  const stdin = JSON.stringify(command.stdin);
  expect(stdin).toContain("/run/secrets/userlist.txt");
  // The SDK's mark of a secret on the wire.
  expect(stdin).toContain("1b47061264138c4ac30d75fd1eb44270");
  expect(JSON.stringify(command.environment)).not.toContain("app_blue");
  expect(JSON.stringify(await container())).not.toContain("app_blue");
});

it("has session entries when the config asks for them", async () => {
  const plan = databasePlan({ pooler: { session: true } });
  expect((await container({ plan })).envs).toContain("SWITCHBACK_SESSION=1");
});

it("renders PgBouncer's configuration", () => {
  const { pooler } = databasePlan({ pooler: { poolSize: 7, maxClients: 70, queryWaitSeconds: 15 } }).config;
  expect(renderPooler(pooler)).toMatchSnapshot();
});

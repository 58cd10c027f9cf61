import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it } from "vitest";
import { Database, type DatabaseArgs } from "../../components/database.ts";
import { renderParameters } from "../../components/database-conf.ts";
import { type Registered, recordResources, settled } from "../helpers/mocks.ts";
import { databasePlan } from "./database-plan.ts";

let registered: Registered[];
beforeEach(() => {
  registered = recordResources();
});

async function create(changes: Partial<DatabaseArgs> = {}): Promise<Registered[]> {
  registered.length = 0;
  const generation = databasePlan().generations.serving;
  new Database("database", {
    stack: "test",
    plan: databasePlan(),
    generation,
    backups: new docker.Volume("backups", { name: "test-backups" }),
    image: "sha256:database",
    networkName: "test-platform",
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

it("creates a volume, the container and the command", async () => {
  const made = (await create()).filter(({ name }) => name !== "backups");
  expect(made.map(({ type, name }) => [type, name])).toEqual([
    ["switchback:index:Database", "database"],
    ["docker:index/volume:Volume", "database-volume"],
    ["docker:index/container:Container", "database-container"],
    ["command:local:Command", "database"],
  ]);
});

it("is in the platform network alone, published nowhere, and gets time to stop", async () => {
  const inputs = (await create()).find(({ name }) => name === "database-container")?.inputs;
  expect(inputs).toMatchObject({
    name: "test-database-initial",
    networksAdvanced: [{ name: "test-platform", ipv4Address: "10.0.2.16" }],
    volumes: [
      { volumeName: "test-database-initial", containerPath: "/var/lib/postgresql/data" },
      { volumeName: "test-backups", containerPath: "/var/lib/pgbackrest" },
    ],
    destroyGraceSeconds: 120,
  });
  expect(inputs?.ports).toBeUndefined();
});

it("changes nothing but the command's environment with the epoch", async () => {
  const before = await create();
  const after = await create({ epoch: "e2" });
  const changed = after.filter((resource, index) => JSON.stringify(resource) !== JSON.stringify(before[index]));
  expect(changed.map(({ name, type }) => [type, name])).toEqual([["command:local:Command", "database"]]);
});

it("hands the verifiers over as a secret, and runs nothing on delete", async () => {
  const { inputs } = (await create()).find(({ type }) => type === "command:local:Command")!;
  const environment = JSON.stringify(inputs.environment);
  expect(environment).toContain("SCRAM-SHA-256$blue");
  // The SDK's mark of a secret on the wire.
  expect(environment).toContain("1b47061264138c4ac30d75fd1eb44270");
  expect(inputs.delete).toBeUndefined();
});

it("renders the stack's parameters last, quoted, and enough connections for its pools", () => {
  const { config } = databasePlan({
    memoryMb: 1024,
    parameters: { work_mem: "8MB", search_path: "it's" },
    pooler: { poolSize: 60, session: true },
  });
  expect(renderParameters(config)).toBe(
    "shared_buffers = '256MB'\nmax_connections = '270'\nwork_mem = '8MB'\nsearch_path = 'it''s'\n",
  );
});

it("restores one that is made of another's data before it sets it up, with the inputs of the request", async () => {
  const generation = { ...restored, role: "serves" } as const;
  const made = await create({ generation, plan: databasePlan() });
  const commands = made.filter(({ type }) => type === "command:local:Command");
  expect(commands.map(({ name }) => name)).toEqual(["restore-restored-1", "database"]);
  expect(commands[0]?.inputs).toMatchObject({
    create: "exec node operations/restore.ts",
    environment: { SWITCHBACK_RESTORE_GOAL: "the goal", SWITCHBACK_EPOCH: "the epoch" },
  });
  const container = made.find(({ type }) => type === "docker:index/container:Container")?.inputs;
  expect(container).toMatchObject({ name: "test-database-restored-1", mustRun: true, start: true });
});

it("lets one that is kept stand still: not set up, not started, not to be run", async () => {
  const made = await create({ generation: { ...restored, role: "kept" } });
  const commands = made.filter(({ type }) => type === "command:local:Command");
  expect(commands.map(({ name }) => name)).toEqual(["restore-restored-1"]);
  const container = made.find(({ type }) => type === "docker:index/container:Container")?.inputs;
  expect(container).toMatchObject({ mustRun: false, start: false });
});

const restored = {
  name: "restored-1",
  container: "test-database-restored-1",
  address: "10.0.2.17",
  restore: { goal: "the goal", epoch: "the epoch" },
};

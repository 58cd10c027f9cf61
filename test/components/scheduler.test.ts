import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { Scheduler } from "../../components/scheduler.ts";
import { recordResources, settled } from "../helpers/mocks.ts";
import { databasePlan } from "./database-plan.ts";

it("is a container without network and Docker socket, which reads the data and writes backups and catalogue", async () => {
  const registered = recordResources();
  new Scheduler("scheduler", {
    stack: "test",
    plan: databasePlan({ backup: { incrHours: 2, retentionDays: 30 } }),
    image: "sha256:database",
    networkName: "test-platform",
    reclaim: new pulumi.ResourceHook("reclaim", () => {}),
    frozen: false,
    after: [],
  });
  await settled();
  expect(registered.map(({ type, name }) => [type, name])).toEqual([
    ["switchback:index:Scheduler", "scheduler"],
    ["docker:index/container:Container", "scheduler-container"],
  ]);
  expect(registered[1]?.inputs).toMatchObject({
    name: "test-scheduler",
    entrypoints: ["switchback-scheduler"],
    networkMode: "none",
    envs: [
      "SWITCHBACK_GENERATION=initial",
      "SWITCHBACK_DATABASE=app",
      "SWITCHBACK_FULL_HOURS=168",
      "SWITCHBACK_DIFF_HOURS=24",
      "SWITCHBACK_INCR_HOURS=2",
      "SWITCHBACK_RETENTION_DAYS=30",
      "SWITCHBACK_BASE_POINTS=8",
      "SWITCHBACK_BASE_POINT_SECONDS=1800",
    ],
    volumes: [
      { volumeName: "test-database-initial", containerPath: "/var/lib/postgresql/data", readOnly: true },
      { volumeName: "test-backups", containerPath: "/var/lib/pgbackrest" },
      { volumeName: "test-records", containerPath: "/records" },
    ],
  });
});

it("reads the volumes of the services, which it saves with the database", async () => {
  const registered = recordResources();
  const files = [{ service: "orders", volume: "uploads", name: "test-orders-uploads" }];
  new Scheduler("scheduler", {
    stack: "test",
    plan: { ...databasePlan(), files },
    image: "sha256:database",
    networkName: "test-platform",
    reclaim: new pulumi.ResourceHook("reclaim", () => {}),
    frozen: false,
    after: [],
  });
  await settled();
  expect(registered[1]?.inputs.volumes).toContainEqual({
    volumeName: "test-orders-uploads",
    containerPath: "/files/orders/uploads",
    readOnly: true,
  });
});

it("reads those of the generation that serves when the run is done, once files were restored", async () => {
  const registered = recordResources();
  const files = [{ service: "orders", volume: "uploads", name: "test-orders-uploads" }];
  const plan = databasePlan();
  const next = { ...plan.generations.next, files: [{ ...files[0]!, name: "test-orders-uploads-restored-1" }] };
  new Scheduler("scheduler", {
    stack: "test",
    plan: { ...plan, files, generations: { ...plan.generations, next } },
    image: "sha256:database",
    networkName: "test-platform",
    reclaim: new pulumi.ResourceHook("reclaim", () => {}),
    frozen: false,
    after: [],
  });
  await settled();
  expect(registered[1]?.inputs.volumes).toContainEqual({
    volumeName: "test-orders-uploads-restored-1",
    containerPath: "/files/orders/uploads",
    readOnly: true,
  });
});

it("reaches a repository elsewhere by the platform network, with its options as a secret file", async () => {
  const registered = recordResources();
  const repository = "[global]\nrepo1-type=s3\nrepo1-s3-key-secret=canary\n";
  new Scheduler("scheduler", {
    stack: "test",
    plan: { ...databasePlan(), repository },
    image: "sha256:database",
    networkName: "test-platform",
    reclaim: new pulumi.ResourceHook("reclaim", () => {}),
    frozen: false,
    after: [],
  });
  await settled();
  const { networkMode, networksAdvanced, uploads } = registered[1]!.inputs;
  expect([networkMode, networksAdvanced]).toEqual([undefined, [{ name: "test-platform" }]]);
  // The SDK's mark of a secret on the wire.
  expect(JSON.stringify(uploads)).toContain("1b47061264138c4ac30d75fd1eb44270");
});

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
    ],
    volumes: [
      { volumeName: "test-database-initial", containerPath: "/var/lib/postgresql/data", readOnly: true },
      { volumeName: "test-backups", containerPath: "/var/lib/pgbackrest" },
      { volumeName: "test-records", containerPath: "/records" },
    ],
  });
});

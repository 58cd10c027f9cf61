import { beforeEach, expect, it } from "vitest";
import { SafetyBackup } from "../../components/safety-backup.ts";
import { type Registered, recordResources, settled } from "../helpers/mocks.ts";

let registered: Registered[];
beforeEach(() => {
  registered = recordResources();
});

const goal = {
  stack: "test",
  generation: "initial",
  container: "test-database-initial",
  database: "app",
  maxAgeHours: 6,
  countSeconds: 2,
  basePoints: 8,
  files: [],
  fileSeconds: 20,
  releases: { blue: "1.0.0", green: null },
  sets: { blue: "a", green: null },
  activeColor: "blue",
} as const;

it("is one command, whose inputs are the goal and the epoch", async () => {
  new SafetyBackup("safety-backup", { goal, epoch: "e1", due: true, after: [] });
  await settled();
  expect(registered.map(({ type, name }) => [type, name])).toEqual([
    ["switchback:index:SafetyBackup", "safety-backup"],
    ["command:local:Command", "safety-backup"],
  ]);
  expect(registered[1]?.inputs).toEqual({
    create: "exec node operations/safety-backup.ts",
    environment: { SWITCHBACK_BACKUP_GOAL: JSON.stringify(goal), SWITCHBACK_EPOCH: "e1" },
    addPreviousOutputInEnv: false,
  });
});

import type { RestoreGoal } from "../../../operations/recovery/goal.ts";

/** A goal that nothing real stands behind, for what decides and renders. */
export const someGoal = (change: Partial<RestoreGoal> = {}): RestoreGoal => ({
  stack: "shop",
  request: "ab".repeat(32),
  generation: "restored-abababab",
  container: "shop-database-restored-abababab",
  backupVolume: "shop-backups",
  database: "app",
  source: { generation: "initial", container: "shop-database-initial", timeline: 1, serves: true },
  material: { kind: "base", label: "20261121-020000F", stop: { kind: "name", name: "safety-x" } },
  expected: { head: null, point: null },
  during: "maintenance",
  verify: "gate",
  smoke: [],
  drill: false,
  ...change,
});

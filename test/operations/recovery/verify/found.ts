import type { BackupPoint } from "../../../../operations/backup/point.ts";
import type { RestoreGoal } from "../../../../operations/recovery/goal.ts";
import type { GateFacts } from "../../../../operations/recovery/verify/judge.ts";
import type { Found } from "../../../../operations/recovery/verify/read.ts";

/** A backup point, with what a test changes. */
export const pointOf = (change: Partial<BackupPoint> = {}): BackupPoint => ({
  name: "safety-1",
  kind: "safety",
  at: "2026-11-21T10:00:00.000Z",
  generation: "initial",
  systemIdentifier: "7573000000000000001",
  timeline: 1,
  lsn: "0/5000110",
  segment: "000000010000000000000005",
  base: { label: "20261121-090000F", stoppedAt: "2026-11-21T09:00:05Z" },
  postgres: "PostgreSQL 17.6",
  heartbeat: { seq: 7, at: "2026-11-21T10:00:00.000Z" },
  head: "0003_cents",
  schemaHash: "abc",
  contents: [],
  files: [],
  releases: { blue: "1.0.0", green: null },
  sets: { blue: "orders@1", green: null },
  activeColor: "blue",
  reason: "",
  actor: "test",
  ...change,
});

/** A restore to a backup point, with what a test changes. */
export const goalOf = (change: Partial<RestoreGoal> = {}): RestoreGoal => ({
  stack: "prod",
  request: "a".repeat(64),
  generation: "restored-aaaaaaaa",
  container: "prod-database-restored-aaaaaaaa",
  backupVolume: "prod-backups",
  database: "app",
  source: { generation: "initial", container: "prod-database-initial", timeline: 1, serves: true },
  material: { kind: "base", label: "20261121-090000F", stop: { kind: "name", name: "safety-1" } },
  expected: { head: "0003_cents", point: "safety-1" },
  during: "maintenance",
  verify: "gate",
  smoke: [],
  drill: false,
  ...change,
});

export const factsOf = (change: Partial<GateFacts> = {}): GateFacts => ({
  timeline: 2,
  stopLsn: "0/5000110",
  systemIdentifier: "7573000000000000001",
  point: pointOf(),
  ...change,
});

/** What a restore to that point finds when all is well. */
export const foundOf = (change: Partial<Found> = {}): Found => ({
  timeline: 2,
  lsn: "0/5000278",
  systemIdentifier: "7573000000000000001",
  end: { lsn: "0/5000110", why: 'at restore point "safety-1"' },
  lastCommit: "2026-11-21T10:00:00.000123Z",
  heartbeat: { seq: 7, at: "2026-11-21T10:00:00.000Z" },
  head: "0003_cents",
  collations: [],
  ...change,
});

import {
  type Catalogue,
  firstCatalogue,
  type Generation,
  type Promotion,
} from "../../../operations/generations/format.ts";
import type { PromotionGoal } from "../../../operations/promotion/goal.ts";
import type { Intent } from "../../../operations/promotion/intent.ts";

const at = "2026-11-21T02:00:00.000Z";
const first = firstCatalogue(at);

export const generation = (name: string, change: Partial<Generation> = {}): Generation => ({
  ...first.generations[0]!,
  name,
  index: 1,
  request: "hash",
  ...change,
});

export const event = (name: string, from: string | null, change: Partial<Promotion> = {}): Promotion => ({
  at,
  generation: name,
  from,
  kind: from === null ? "first" : "recovery",
  end: null,
  start: { lsn: "0/3000148", heartbeat: 1, xid: "745" },
  actor: "test",
  reason: "a test",
  ...change,
});

/** `initial` serves, `restored` is ready for a pending request. */
export const pending: Catalogue = {
  ...first,
  generations: [...first.generations, generation("restored")],
  promotions: [event("initial", null)],
  requests: [
    {
      hash: "hash",
      target: { kind: "time", at },
      drill: false,
      recoveryId: "",
      at,
      state: "pending",
      generation: "restored",
      goal: "{}",
      epoch: "restore-1",
      actor: "test",
      reason: "a test",
    },
  ],
};

export const intent = (change: Partial<Intent> = {}): Intent => ({
  event: event("restored", "initial", { at: "2026-11-21T03:00:00.000Z" }),
  request: "hash",
  keepDays: 30,
  behind: 3,
  ...change,
});

export const goal = (change: Partial<PromotionGoal> = {}): PromotionGoal => ({
  stack: "test",
  database: "app",
  generation: "restored",
  container: "test-database-restored",
  address: "10.0.0.17",
  kind: "recovery",
  request: "hash",
  others: ["test-database-initial"],
  leaving: { generation: "initial", container: "test-database-initial", maxCommits: null },
  during: "serve",
  stopSeconds: 120,
  keepDays: 30,
  hold: { maxSeconds: 10, drainSeconds: 1 },
  ...change,
});

import { z } from "zod";

const time = z.iso.datetime({ offset: true });
const lsn = z.string().regex(/^[0-9A-F]+\/[0-9A-F]+$/);
const marker = z.object({ epoch: z.string(), goal: z.string(), since: time });

/** A moment, or a copy, that is asked for. */
export const recoveryTarget = z.discriminatedUnion("kind", [
  /** A backup point, safety backup, logical dump or pgBackRest label. */
  z.object({ kind: z.literal("backup"), name: z.string() }),
  z.object({ kind: z.literal("time"), at: time }),
  /** `generation` unset: there is only one. */
  z.object({ kind: z.literal("lsn"), lsn, generation: z.string().optional() }),
]);

/** Physical name of a service's volume. */
const files = z.object({ service: z.string(), volume: z.string(), name: z.string() });

/** One PostgreSQL data directory. Which one serves is said by the last promotion alone. */
export const generation = z.object({
  name: z.string(),
  /** Which of the fixed addresses it has, from 0. */
  index: z.number().int().min(0),
  bornAt: time,
  /**
   * `making`: being restored, or a restore that failed. `ready`: whole, and past its gate. `abandoned`: its request went
   * before it served. `drill`: made to be looked at.
   */
  state: z.enum(["making", "ready", "abandoned", "drill"]),
  /** Hash of the request that asked for it; null: the stack began with it. */
  request: z.string().nullable(),
  /** What it was restored from. */
  source: z.object({ generation: z.string(), timeline: z.number().int() }).nullable(),
  /** Known once it is ready. */
  timeline: z.number().int().nullable(),
  systemIdentifier: z.string().nullable(),
  /** Evidence until then, and longer when nobody removes it; null: it serves, or is being made. */
  keepUntil: time.nullable(),
  /**
   * Volumes of the services that go with it, since files were restored for the first time; of one that is not named, and
   * where it is unset, the volume with which the stack began.
   */
  files: z.array(files).optional(),
});

/** A generation began to serve. */
export const promotion = z.object({
  at: time,
  generation: z.string(),
  from: z.string().nullable(),
  kind: z.enum(["first", "recovery", "undo"]),
  /** Restore point that ends what was left, in the archive of `from`; null: it was dead, or there was none. */
  end: z.object({ name: z.string(), lsn }).nullable(),
  /** Where the generation stood when it began to serve: its LSN, its heartbeat, and the number of its next transaction; unset: unknown. */
  start: z.object({ lsn, heartbeat: z.number().int(), xid: z.string().regex(/^\d+$/).optional() }),
  actor: z.string(),
  reason: z.string(),
});

/** A target names a request, once. */
export const recoveryRequest = z.object({
  /** SHA-256, in hex, of target, recoveryId and drill. */
  hash: z.string(),
  target: recoveryTarget,
  drill: z.boolean(),
  recoveryId: z.string(),
  at: time,
  state: z.enum(["pending", "done", "abandoned"]),
  generation: z.string(),
  /** RestoreGoal as JSON, as it was decided when the request was taken. */
  goal: z.string(),
  /** Epoch of its operation. */
  epoch: z.string(),
  actor: z.string(),
  reason: z.string(),
});

/** The content of generations.json: generations by birth, promotions and requests oldest first. */
export const catalogueSchema = z.object({
  version: z.literal(1),
  generations: z.array(generation).min(1),
  promotions: z.array(promotion),
  requests: z.array(recoveryRequest),
  /** Of the promotion's operation. */
  marker: z.object({ goal: z.string(), epoch: z.string(), pending: marker.nullable() }),
});

export type RecoveryTarget = z.output<typeof recoveryTarget>;
export type Generation = z.output<typeof generation>;
export type Promotion = z.output<typeof promotion>;
export type RecoveryRequest = z.output<typeof recoveryRequest>;
export type Catalogue = z.output<typeof catalogueSchema>;

/** Generation that a stack begins with. */
export const initialGeneration = "initial";

/** The catalogue of a stack whose first generation is being made. */
export const firstCatalogue = (at: string): Catalogue => ({
  version: 1,
  generations: [
    {
      name: initialGeneration,
      index: 0,
      bornAt: at,
      state: "ready",
      request: null,
      source: null,
      timeline: 1,
      systemIdentifier: null,
      keepUntil: null,
    },
  ],
  promotions: [],
  requests: [],
  marker: { goal: "", epoch: "", pending: null },
});

/** Name of the generation that serves: that of the last promotion, or the one a stack begins with before the first. */
export const servingGeneration = ({ promotions, generations }: Catalogue): string =>
  promotions.at(-1)?.generation ?? generations[0]!.name;

import type { BackupPoint, DumpPoint } from "../../../operations/backup/point.ts";
import {
  type Catalogue,
  firstCatalogue,
  type Generation,
  type Promotion,
} from "../../../operations/generations/format.ts";
import type { ArchivedSegment, LiveServer, RecoveryFacts } from "../../../stacks/recovery/facts.ts";
import { parseStanzas } from "../../../stacks/recovery/stanza.ts";

/** A moment of the day on which everything happens. */
export const at = (time: string): string => `2026-11-20T${time.length === 5 ? `${time}:00` : time}.000Z`;

export const segment = (timeline: number, number: number): string =>
  [timeline, 0, number].map((part) => part.toString(16).toUpperCase().padStart(8, "0")).join("");

export const base = (time: string, timeline: number, number: number, changes: object = {}) => ({
  label: `20261120-${time.replace(":", "")}00F`,
  type: "full",
  error: false,
  reference: null,
  timestamp: { start: 0, stop: Date.parse(at(time)) / 1000 },
  archive: { start: segment(timeline, number), stop: segment(timeline, number) },
  lsn: { start: "0/0", stop: `0/${number.toString(16).toUpperCase()}000100` },
  database: { id: 1, "repo-key": 1 },
  info: { size: 1_000_000_000, delta: 1, repository: { delta: 200_000_000 } },
  ...changes,
});

export const stanza = (name: string, bases: readonly ReturnType<typeof base>[], last: string, version = "17") => ({
  name,
  archive: [{ database: { id: 1, "repo-key": 1 }, id: "17-1", min: segment(1, 1), max: last }],
  backup: bases,
  db: [{ id: 1, "repo-key": 1, "system-id": 7, version }],
});

export const point = (name: string, changes: Partial<BackupPoint> = {}): BackupPoint => ({
  name,
  kind: "safety",
  at: at("03:00"),
  generation: "initial",
  systemIdentifier: "7",
  timeline: 1,
  lsn: "0/5000028",
  segment: segment(1, 5),
  base: { label: "20261120-010000F", stoppedAt: at("01:00") },
  postgres: "PostgreSQL 17.6",
  heartbeat: { seq: 1, at: at("03:00") },
  head: "2",
  schemaHash: "",
  contents: [],
  files: [],
  releases: { blue: "1.0.0", green: "1.1.0" },
  sets: { blue: "orders-1.0-aaaaaaaa", green: "orders-1.1-bbbbbbbb" },
  activeColor: "green",
  reason: "",
  actor: "",
  ...changes,
});

export const dump: DumpPoint = {
  name: "dump-20261120T020000Z-d1",
  kind: "dump",
  at: at("02:00"),
  generation: "initial",
  database: "orders",
  file: "/var/lib/pgbackrest/dumps/dump-20261120T020000Z-d1.dump",
  bytes: 1,
  sha256: "5a",
  tables: [],
  partial: false,
  head: "2",
  reason: "",
  actor: "",
};

/** One generation, which began at midnight: bases at 01:00 and 05:00, a point at 03:00, a dump at 02:00; it is 12:00. */
export function facts(changes: Partial<RecoveryFacts> = {}): RecoveryFacts {
  return {
    catalogue: firstCatalogue(at("00:00")),
    points: { value: [point("safety-20261120T030000Z-a1")] },
    dumps: { value: [dump] },
    stanzas: stanzas(stanza("initial", [base("01:00", 1, 3), base("05:00", 1, 9)], segment(1, 14))),
    server: { value: server() },
    moves: { value: [] },
    head: "2",
    now: at("12:00"),
    ...changes,
  };
}

export const stanzas = (...all: readonly ReturnType<typeof stanza>[]): RecoveryFacts["stanzas"] => ({
  value: parseStanzas(JSON.stringify(all)),
});

export const server = (changes: Partial<LiveServer> = {}): LiveServer => ({
  now: at("12:00"),
  lsn: "0/F000000",
  timeline: 1,
  systemIdentifier: "7",
  postgres: "17",
  collationsChanged: [],
  gap: false,
  ...changes,
});

export const dead = { unknown: "the container does not run" };

export const generation = (name: string, timeline: number, changes: Partial<Generation> = {}): Generation => ({
  name,
  index: timeline - 1,
  bornAt: at("10:00"),
  state: "ready",
  request: null,
  source: { generation: "initial", timeline: 1 },
  timeline,
  systemIdentifier: "7",
  keepUntil: null,
  ...changes,
});

export const promotion = (time: string, name: string, from: string, changes: Partial<Promotion> = {}): Promotion => ({
  at: at(time),
  generation: name,
  from,
  kind: "recovery",
  end: { name: `end-of-${from}-${time}`, lsn: "0/E000100" },
  start: { lsn: "0/6000000", heartbeat: 1, xid: "800" },
  actor: "",
  reason: "",
  ...changes,
});

/** After a restore at 10:00: `restored-a` serves on timeline 2, with a first base of 10:05. */
export function restored(changes: Partial<RecoveryFacts> = {}): RecoveryFacts {
  const first = firstCatalogue(at("00:00"));
  const catalogue: Catalogue = {
    ...first,
    generations: [...first.generations, generation("restored-a", 2)],
    promotions: [promotion("10:00", "restored-a", "initial")],
  };
  const initial = stanza("initial", [base("01:00", 1, 3), base("05:00", 1, 9)], segment(1, 14));
  const own = stanza("restored-a", [base("10:05", 2, 7)], segment(2, 9));
  return facts({
    catalogue,
    stanzas: stanzas(initial, own),
    server: { value: server({ timeline: 2, lsn: "0/B000000" }) },
    ...changes,
  });
}

/** Segments in the repository, one every half hour from the first one on. */
export const segments = (timeline: number, from: number, to: number, begin: string): ArchivedSegment[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    name: segment(timeline, from + index),
    at: new Date(Date.parse(at(begin)) + index * 1_800_000).toISOString(),
  }));

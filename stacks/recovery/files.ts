import { servingGeneration } from "../../operations/generations/format.ts";
import type { RestoredFiles, RestoreGoal } from "../../operations/recovery/goal.ts";
import { unknown, yes } from "../condition.ts";
import { type FileVolume, restoredName } from "../file-volumes.ts";
import type { Probed } from "../probe-bounded.ts";
import type { Condition } from "../verdict.ts";
import type { RecoveryFacts } from "./facts.ts";
import type { FileCopy } from "./probe-files.ts";
import { reigns } from "./reach.ts";
import type { Resolution } from "./resolution.ts";
import { compareLsn } from "./wal.ts";

/** Which files come back with the data. */
export interface ChosenFiles {
  readonly files: readonly RestoredFiles[];
  /** Undefined: the stack saves none. */
  readonly condition: Condition | undefined;
}

export interface ChoosingFiles {
  readonly stack: string;
  /** Volumes whose files are saved. */
  readonly volumes: readonly FileVolume[];
  /** Generation that is made. */
  readonly generation: string;
  readonly facts: RecoveryFacts;
  readonly resolution: Resolution;
  /** Oldest first; undefined: the stack saves none. */
  readonly copies: Probed<readonly FileCopy[]> | undefined;
}

/**
 * Chooses, for each volume, the copy of its files that belongs to a target: a backup point's own, else the last one at or
 * before it. Where there is none the files stay as they are, which has to be accepted.
 */
export function chooseFiles(choosing: ChoosingFiles): ChosenFiles {
  const { stack, volumes, generation, facts, copies } = choosing;
  if (volumes.length === 0 || !copies) return { files: [], condition: undefined };
  const stay = `accepted, ${generation} goes on with the files of ${servingGeneration(facts.catalogue)} as they are`;
  if ("unknown" in copies) {
    const why = `the copies of files could not be listed (${copies.unknown})`;
    const way = `start what lists them: docker start ${stack}-scheduler`;
    return { files: [], condition: unknown("files", `${why}; ${way}; ${stay}`) };
  }
  const found = volumes.map((volume) => ({ volume, copy: copyOf(choosing, volume, copies.value) }));
  const files = found.flatMap(({ volume: { service, volume }, copy }) =>
    copy ? [{ ...copy, point: pointOf(facts, copy), name: restoredName(stack, service, volume, generation) }] : [],
  );
  const told = files.map((file) => tell(file, choosing.resolution)).join(", ");
  const missing = found.flatMap(({ volume: { service, volume }, copy }) => (copy ? [] : [`${service}/${volume}`]));
  if (missing.length === 0) return { files, condition: yes("files", told) };
  const none = `no copy of the files of ${missing.join(", ")} at or before the target is there`;
  const rest = files.length > 0 ? ` with these; the others come back: ${told}` : "";
  return { files, condition: unknown("files", `${none}; ${stay}${rest}`) };
}

/** Whether a generation that serves again still has its volumes; Docker would make one that is gone, and empty. */
export function keptFilesCondition(generation: string, gone: Probed<readonly string[]> | undefined): Condition[] {
  if (!gone || ("value" in gone && gone.value.length === 0)) return [];
  if ("unknown" in gone)
    return [unknown("files", `the volumes of ${generation} could not be looked for: ${gone.unknown}`)];
  const names = gone.value.join(", ");
  const way = `bring files back by hand: switchback restore-files <service> <volume> ${gone.value[0]}`;
  return [
    unknown("files", `expected ${names} with the files of ${generation}, got none; ${way}; accepted, it begins empty`),
  ];
}

/** The copy that belongs to the target; undefined: there is none. */
function copyOf({ facts, resolution }: ChoosingFiles, volume: FileVolume, copies: readonly FileCopy[]) {
  const own = copies.filter((copy) => copy.service === volume.service && copy.volume === volume.volume);
  const point = pointNamed(facts, resolution.expected.point);
  if (point) {
    const saved = point.files.find((one) => one.service === volume.service && one.volume === volume.volume);
    return own.find(({ snapshot }) => snapshot === saved?.snapshot);
  }
  const until = lastMoment(facts, resolution);
  const times = timesOf(facts, resolution.source.generation, volume);
  const during = own.findLast(
    ({ at }) => Date.parse(at) <= until && times.some(({ from, to }) => Date.parse(at) >= from && Date.parse(at) < to),
  );
  if (during) return during;
  const begun = restoredWith(facts, resolution.source.generation, volume);
  return own.find(({ snapshot }) => snapshot === begun);
}

/** When files were written into the physical volume that a generation has, in ms. */
function timesOf({ catalogue }: RecoveryFacts, generation: string, volume: FileVolume) {
  const name = physical(catalogue, generation, volume);
  return reigns(catalogue)
    .filter((reign) => physical(catalogue, reign.generation, volume) === name)
    .map(({ from, until }) => ({
      from: from === null ? Number.NEGATIVE_INFINITY : Date.parse(from),
      to: until === null ? Number.POSITIVE_INFINITY : Date.parse(until),
    }));
}

/** The copy that a generation's volume began with; undefined: it was not restored. */
function restoredWith({ catalogue }: RecoveryFacts, generation: string, volume: FileVolume): string | undefined {
  const name = physical(catalogue, generation, volume);
  return catalogue.requests
    .flatMap(({ goal }) => (JSON.parse(goal) as RestoreGoal).files ?? [])
    .find((file) => file.name === name)?.snapshot;
}

function physical({ generations }: RecoveryFacts["catalogue"], generation: string, volume: FileVolume): string {
  const files = generations.find(({ name }) => name === generation)?.files;
  return files?.find((one) => one.service === volume.service && one.volume === volume.volume)?.name ?? volume.name;
}

/** In ms; the files of a point are saved right after it, so that a position after the point is after them. */
function lastMoment({ points }: RecoveryFacts, { moment, source }: Resolution): number {
  const { time, lsn } = moment;
  if (lsn === undefined || "unknown" in points) return time;
  const before = points.value.filter(
    (point) => point.generation === source.generation && compareLsn(point.lsn, lsn) <= 0,
  );
  return Math.max(time, ...before.flatMap(({ files }) => files.map(({ at }) => Date.parse(at))));
}

const pointNamed = ({ points }: RecoveryFacts, name: string | null) =>
  "value" in points ? points.value.find((point) => point.name === name) : undefined;

const pointOf = ({ points }: RecoveryFacts, { snapshot }: FileCopy): string | null =>
  ("value" in points ? points.value : []).find(({ files }) => files.some((file) => file.snapshot === snapshot))?.name ??
  null;

/** "files of orders/uploads as of 2026-11-21T02:00:13.000Z, 12 s before the target (safety-x)" */
function tell({ service, volume, at, point }: RestoredFiles, { moment, expected }: Resolution): string {
  const when = `files of ${service}/${volume} as of ${new Date(at).toISOString()}`;
  if (point !== null && point === expected.point) return `${when}, saved with ${point}`;
  const age = `${duration(moment.time - Date.parse(at))} before the target`;
  return `${when}, ${age} (${point ?? "saved by schedule"})`;
}

/** For people: in the largest unit of which there are two, or in seconds. */
function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ["s", 1];
  return `${Math.round(seconds / size)} ${unit}`;
}

const units = [
  ["days", 86_400],
  ["h", 3600],
  ["min", 60],
] as const;

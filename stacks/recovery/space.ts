import type Docker from "dockerode";
import { execOk } from "../../operations/live/docker.ts";
import { no, unknown, yes } from "../condition.ts";
import type { StackPlan } from "../plan.ts";
import { bounded, type Probed } from "../probe-bounded.ts";
import type { Condition } from "../verdict.ts";
import { megabytes } from "./archive.ts";
import type { StoredBase } from "./stanza.ts";

/** The disk under a volume. */
export interface Disk {
  /** What tells two disks apart. */
  readonly device: string;
  /** Bytes. */
  readonly free: number;
}

/** The disks under the data, where a new volume goes too, and under the backups. */
export interface Disks {
  readonly data: Disk;
  readonly backups: Disk;
}

export interface Room {
  /** Bases of the source: a full one tells what the first base of a new generation takes. */
  readonly bases: readonly StoredBase[];
  /** Bytes of WAL that are replayed; undefined: nobody knows. */
  readonly walBytes?: number | undefined;
  /** Bytes of WAL that are replayed on a clone, which takes no room by itself; undefined: there can be none. */
  readonly cloneWalBytes?: number | undefined;
  /** Bytes of files that come back, on the disk of the data; unset: none. */
  readonly fileBytes?: number;
  /** The repository is not on the volume of backups. */
  readonly elsewhere: boolean;
}

/** Most that PostgreSQL keeps of what it has replayed. */
const walKept = 1024 ** 3;

/** Asks the keepers, which outlive what they keep. */
export const probeDisks = (docker: Docker, { database }: StackPlan): Promise<Probed<Disks>> =>
  bounded(async () => {
    const ask = async (volume: string): Promise<Disk> => {
      const printed = await execOk(docker, `${volume}-keeper`, ["df", "-B1", "--output=source,avail", "/data"]);
      const [device, free] = printed.trim().split("\n").at(-1)!.trim().split(/\s+/);
      return { device: device!, free: Number(free) };
    };
    const { generations, backupVolume } = database!;
    const [data, backups] = await Promise.all([ask(generations.serving.container), ask(backupVolume)]);
    return { data, backups };
  });

/** Whether a restore, and the first base of what it makes, have room. A dump's size says little of what it unpacks to. */
export function judgeSpace(
  disks: Probed<Disks>,
  base: StoredBase | undefined,
  { bases, walBytes = walKept, cloneWalBytes, fileBytes = 0, elsewhere }: Room,
): Condition {
  if (!base) return yes("disk", "what a dump needs is not known before it is unpacked");
  const copy = base.bytes + Math.min(walBytes, walKept);
  const stored = elsewhere ? 0 : (bases.findLast(({ type }) => type === "full")?.storedBytes ?? base.storedBytes);
  const files = fileBytes > 0 ? `, ${megabytes(fileBytes)} for files` : "";
  const needs = `${megabytes(copy)} for the copy${files} and ${megabytes(stored)} for its first base`;
  if ("unknown" in disks)
    return unknown("disk", `${needs} are needed; how much is free could not be seen (${disks.unknown})`);
  const { data, backups } = disks.value;
  const shared = data.device === backups.device;
  const short = [
    { what: "the data", free: data.free, needed: copy + fileBytes + (shared ? stored : 0) },
    { what: "the backups", free: backups.free, needed: stored },
  ].find(({ free, needed }) => free < needed);
  if (!short)
    return yes("disk", `${needs}; ${megabytes(data.free)} are free${shared ? "" : ` and ${megabytes(backups.free)}`}`);
  const cloned = Math.min(cloneWalBytes ?? Number.POSITIVE_INFINITY, walKept) + fileBytes + (shared ? stored : 0);
  if (cloneWalBytes !== undefined && data.free >= cloned && backups.free >= stored)
    return unknown(
      "disk",
      `${needs}; ${megabytes(short.free)} are free, enough only if the base point can be cloned, which is seen when it is done`,
    );
  return no(
    "disk",
    `expected ${megabytes(short.needed)} free on the disk of ${short.what} (${needs}), got ${megabytes(short.free)}; make room: switchback gc`,
  );
}

import { compareLsn, segmentBytes, segmentsBetween } from "../../../stacks/recovery/wal.ts";
import type { Catalogue } from "../../generations/format.ts";
import type { Stop } from "../goal.ts";
import type { BasePoint } from "./base-points.ts";

/** Where replay is to stop: a time in ms, or a position; undefined: nobody knows. */
export type Place = { readonly time: number } | { readonly lsn: string } | undefined;

/**
 * Where replay is to stop. A name says nothing of its place in the WAL: only what was recorded with it does.
 * @param points what has a name and a position
 */
export function placeOf(
  stop: Stop,
  points: readonly { readonly name: string; readonly lsn: string }[],
  { promotions }: Catalogue,
): Place {
  if (stop.kind === "time") return { time: Date.parse(stop.at) };
  if (stop.kind === "lsn") return { lsn: stop.lsn };
  if (stop.kind === "immediate") return undefined;
  const known = [...points, ...promotions.flatMap(({ end }) => end ?? [])];
  const lsn = known.find(({ name }) => name === stop.name)?.lsn;
  return lsn === undefined ? undefined : { lsn };
}

/** The backup that is copied otherwise. */
export interface OtherBase {
  readonly label: string;
  readonly firstSegment: string;
  /** Of its data directory. */
  readonly bytes: number;
}

/** Why there is none, as the end of a sentence. */
export interface Impossible {
  readonly impossible: string;
}

/** A clock is not trusted to tell what happened within this time. */
const margin = 1000;

/**
 * The newest base point from which replay leads to a place, unless a backup that is newer leaves so much less to be replayed
 * that copying it costs less. Pure.
 */
export function chooseBasePoint(
  points: readonly BasePoint[],
  timeline: number,
  place: Place,
  other: OtherBase | undefined,
): BasePoint | Impossible {
  if (points.length === 0) return { impossible: "there is no base point" };
  if (!place) return { impossible: "it is not known where in the WAL the target is" };
  const leads = (point: BasePoint) =>
    point.timeline === timeline &&
    ("time" in place ? Date.parse(point.stoppedAt) + margin <= place.time : compareLsn(point.stopLsn, place.lsn) <= 0);
  const newest = points.findLast(leads);
  if (!newest) return { impossible: `no base point ended before the target; the first one is ${points[0]!.name}` };
  if (other && olderSegments(newest, other) * segmentBytes > other.bytes)
    return {
      impossible: `from the base point ${newest.name} there is more to be replayed than the backup ${other.label} has to be copied`,
    };
  return newest;
}

/** How many segments of WAL have to be replayed on a base point before the backup begins. */
export const olderSegments = (point: BasePoint, other: OtherBase): number =>
  point.firstSegment < other.firstSegment ? segmentsBetween(point.firstSegment, other.firstSegment) - 1 : 0;

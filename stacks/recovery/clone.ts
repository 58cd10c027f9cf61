import type Docker from "dockerode";
import { type BasePoint, readBasePoints } from "../../operations/recovery/clone/base-points.ts";
import { chooseBasePoint, olderSegments, placeOf } from "../../operations/recovery/clone/choose.ts";
import type { StackPlan } from "../plan.ts";
import { bounded, type Probed } from "../probe-bounded.ts";
import { megabytes } from "./archive.ts";
import type { RecoveryFacts } from "./facts.ts";
import type { Resolution } from "./resolution.ts";
import { segmentBytes, segmentsBetween } from "./wal.ts";

/** A base point that a restore is to be a clone of, where it finds that the filesystem can. */
export interface ExpectedClone {
  readonly point: BasePoint;
  /** Bytes of WAL from it to the target, in whole segments; undefined: nobody knows. */
  readonly walBytes: number | undefined;
}

/** Asks the keeper of the source's volume; undefined: no clone is wanted. */
export const probeBasePoints = async (
  docker: Docker,
  { stack, config }: StackPlan,
  { source }: Resolution,
): Promise<Probed<readonly BasePoint[]> | undefined> =>
  config.recovery.clone ? bounded(() => readBasePoints(docker, `${stack}-database-${source.generation}`)) : undefined;

/**
 * The base point that would be cloned; undefined: there is none. Whether the filesystem can is seen when it is done.
 * @param walBytes bytes of WAL from the backup that is copied otherwise to the target
 */
export function expectClone(
  basePoints: Probed<readonly BasePoint[]> | undefined,
  { points, catalogue }: RecoveryFacts,
  { material, source, base }: Resolution,
  walBytes: number | undefined,
): ExpectedClone | undefined {
  if (!basePoints || "unknown" in basePoints || material.kind !== "base" || !base) return undefined;
  const place = placeOf(material.stop, "value" in points ? points.value : [], catalogue);
  const point = chooseBasePoint(basePoints.value, source.timeline, place, base);
  if ("impossible" in point) return undefined;
  const less = segmentsBetween(base.firstSegment, point.firstSegment) - 1;
  const segments = less >= 0 ? -less : olderSegments(point, base);
  return { point, walBytes: walBytes === undefined ? undefined : walBytes + segments * segmentBytes };
}

/** A line of the verdict. */
export const tellClone = ({ point, walBytes }: ExpectedClone): string =>
  `where the filesystem can, it is cloned from the base point ${point.name} of ${point.stoppedAt}${walBytes === undefined ? "" : `, with ${megabytes(walBytes)} of WAL from it to the target`}`;

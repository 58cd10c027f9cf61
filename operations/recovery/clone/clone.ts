import type Docker from "dockerode";
import { checkUnbroken } from "../../backup/archive.ts";
import { readPoints } from "../../backup/catalogue.ts";
import { pgbackrest } from "../../database/backups.ts";
import type { Repository } from "../../database/repository.ts";
import { runOneShot } from "../../live/one-shot.ts";
import type { Stop } from "../goal.ts";
import type { Copied, Making } from "../ways.ts";
import { type BasePoint, readBasePoints } from "./base-points.ts";
import { chooseBasePoint, type Impossible, type OtherBase, olderSegments, placeOf } from "./choose.ts";

/**
 * Makes the data directory of a base point of the source, whose blocks it shares, where the filesystem of both volumes can: it
 * takes the same time whatever the size. The source is mounted read-only.
 */
export async function clone(making: Making, label: string, stop: Stop): Promise<Copied | Impossible> {
  const { docker, goal, log } = making;
  const { stack, container, generation, source } = goal;
  if (goal.clone === false) return { impossible: "recovery.clone is off" };
  if (stop.kind === "immediate") return { impossible: "a backup is asked for by its name" };
  const point = await findBasePoint(making, label, stop);
  if ("impossible" in point) return point;
  log(`making ${generation} of the base point ${point.name} of ${source.generation}, by clone`);
  const { Image } = await docker.getContainer(container).inspect();
  const { exitCode, stdout, stderr } = await runOneShot(docker, {
    name: `${container}-clone`,
    stack,
    role: "clone",
    image: Image,
    network: "none",
    argv: ["switchback-restore", "clone", point.name],
    volumes: [
      // The volume of a generation has the name of its container.
      { name: source.container, path: "/source", readOnly: true },
      { name: container, path: "/var/lib/postgresql/data" },
    ],
  });
  if (exitCode === 0) return JSON.parse(stdout.trim().split("\n").at(-1)!) as Copied;
  return { impossible: stderr.trim().split("\n").at(-1) || `the copy ended with ${exitCode}` };
}

async function findBasePoint(making: Making, label: string, stop: Stop): Promise<BasePoint | Impossible> {
  const { docker, goal } = making;
  const { generation, container, timeline } = goal.source;
  let points: readonly BasePoint[];
  try {
    points = await readBasePoints(docker, container);
  } catch (error) {
    return { impossible: `the base points of ${generation} could not be seen: ${(error as Error).message}` };
  }
  if (points.length === 0) return { impossible: `${generation} has no base point` };
  const [named, other] = await Promise.all([readPoints(docker, goal.stack), readOther(docker, making, label)]);
  const point = chooseBasePoint(points, timeline, placeOf(stop, named, making.catalogue), other);
  if ("impossible" in point || !other || olderSegments(point, other) === 0) return point;
  try {
    const archived = { container: goal.container, generation };
    await checkUnbroken(docker, archived, { ...point, label: point.name }, other.firstSegment);
    return point;
  } catch (error) {
    return { impossible: (error as Error).message.split("; nothing has moved")[0]! };
  }
}

async function readOther(
  docker: Docker,
  { goal: { container, source } }: Making,
  label: string,
): Promise<OtherBase | undefined> {
  const info = await pgbackrest(docker, container, source.generation, ["--output=json", "info"]);
  const backup = (JSON.parse(info) as Repository)[0]?.backup.find((one) => one.label === label);
  return backup && { label, firstSegment: backup.archive.start, bytes: backup.info.size };
}

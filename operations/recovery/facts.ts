import type Docker from "dockerode";
import { readPoints } from "../backup/catalogue.ts";
import type { BackupPoint } from "../backup/point.ts";
import { pgbackrest } from "../database/backups.ts";
import type { Repository } from "../database/repository.ts";
import type { Catalogue } from "../generations/format.ts";
import type { RestoreGoal } from "./goal.ts";
import type { GateFacts } from "./verify/judge.ts";

/** What a restored generation must be, as far as it was known before it was made. */
export async function gateFacts(docker: Docker, goal: RestoreGoal, catalogue: Catalogue): Promise<GateFacts> {
  const point = await findPoint(docker, goal);
  if (goal.material.kind === "dump") return { timeline: null, stopLsn: null, systemIdentifier: null, point };
  const { generation, timeline } = goal.source;
  const source = catalogue.generations.find(({ name }) => name === generation);
  return {
    timeline: timeline + 1,
    stopLsn: await leastLsn(docker, goal, goal.material, point),
    systemIdentifier: source?.systemIdentifier ?? point?.systemIdentifier ?? null,
    point,
  };
}

async function findPoint(docker: Docker, { stack, expected }: RestoreGoal): Promise<BackupPoint | null> {
  if (expected.point === null) return null;
  return (await readPoints(docker, stack)).find(({ name }) => name === expected.point) ?? null;
}

/** The target's own place in the WAL, else the end of the base, before which nothing is consistent. */
async function leastLsn(
  docker: Docker,
  { container, source }: RestoreGoal,
  { stop, label }: Extract<RestoreGoal["material"], { kind: "base" }>,
  point: BackupPoint | null,
): Promise<string | null> {
  if (stop.kind === "lsn") return stop.lsn;
  if (stop.kind === "name" && point?.name === stop.name) return point.lsn;
  const info = await pgbackrest(docker, container, source.generation, ["--output=json", "info"]);
  const backups = (JSON.parse(info) as Repository)[0]?.backup ?? [];
  return backups.find((backup) => backup.label === label)?.lsn.stop ?? null;
}

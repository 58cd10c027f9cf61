import { randomBytes } from "node:crypto";
import type pg from "pg";
import { connectDatabase } from "../database/connect.ts";
import type { Base } from "../database/repository.ts";
import { type DatabaseState, readDatabase } from "../database/state.ts";
import { execOk } from "../live/docker.ts";
import type { OperationRun } from "../live/program.ts";
import { readSchema } from "../migrations/schema-state.ts";
import { awaitArchived, checkUnbroken } from "./archive.ts";
import { takeBasePoint } from "./base-point.ts";
import { commitBackup, pendBackup } from "./catalogue.ts";
import { pinSession, readContents } from "./contents.ts";
import { saveFiles } from "./files.ts";
import { type BackupGoal, hashBackupGoal } from "./goal.ts";
import { beat, mark } from "./mark.ts";
import { type BackupPoint, safetyName } from "./point.ts";

export type BackupRun = OperationRun<BackupGoal>;

export interface BackupResult {
  /** Name of the backup point. */
  readonly name: string;
  readonly lsn: string;
  readonly seconds: number;
}

/**
 * Takes a safety backup: a restore point on a fresh base, whose WAL is in the repository. Its cost does not grow with the
 * database; counts and hashes, and the files of the services' volumes, have a time budget.
 * @throws when it cannot be relied on; nothing but its marker has changed then
 */
export async function runSafetyBackup(run: BackupRun): Promise<BackupResult> {
  const { docker, goal, epoch, log } = run;
  const { stack, container, database } = goal;
  const begun = performance.now();
  const hash = hashBackupGoal(goal);
  const [found] = await Promise.all([
    readDatabase(docker, container, database),
    pendBackup(docker, stack, epoch, hash),
  ]);
  const { state, base } = freshBase(goal, found);
  // Before the point, to which a restore can then begin at it.
  await takeBasePoint(docker, { container, keep: goal.basePoints, reason: "safety" }, log);
  const open = () => connectDatabase(docker, { container, database, user: "postgres" });
  const clients = await Promise.all([open(), open()]);
  try {
    const point = await takePoint(run, clients, state, base);
    await commitBackup(docker, stack, epoch, hash, point);
    const seconds = (performance.now() - begun) / 1000;
    const { name, lsn } = point;
    log(`safety backup ${name} at ${lsn}, on the base ${base.label}; ${seconds.toFixed(1)} s`);
    const { reason, actor } = run;
    const event = { event: "safety-backup", operation: "safety-backup", name, lsn, base: base.label };
    await run.journal({ ...event, seconds, epoch, reason, actor });
    return { name, lsn, seconds };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

type Reachable = Extract<DatabaseState, { reachable: true }>;

/** @throws when no restore could begin at a base of this age */
function freshBase(goal: BackupGoal, state: DatabaseState): { state: Reachable; base: Base } {
  const { container, generation, maxAgeHours } = goal;
  if (!state.reachable) throw new Error(`expected ${container} to answer, got: ${state.reason}; start it first`);
  const { base, baseAgeHours, archive } = state;
  const take = `docker exec ${container} pgbackrest --stanza=${generation} --type=full backup`;
  if (!base || baseAgeHours === null) throw new Error(`expected a base of ${generation}, got none; take one: ${take}`);
  if (baseAgeHours > maxAgeHours) {
    throw new Error(
      `expected a base of at most ${maxAgeHours} h, got ${base.label} of ${baseAgeHours.toFixed(1)} h; take a new one: ${take}`,
    );
  }
  if (archive.gap) {
    throw new Error(
      `expected WAL segment ${archive.lastArchived} in the repository of ${generation}, got ${archive.repository ?? "none"} as its last; take a new base: ${take}`,
    );
  }
  return { state, base };
}

/** The snapshot is taken first and the restore point right after it: what is written in between is in the WAL all the same. */
async function takePoint(
  { docker, goal, reason, actor, log }: BackupRun,
  [reader, writer]: readonly [pg.Client, pg.Client],
  state: Reachable,
  base: Base,
): Promise<BackupPoint> {
  await Promise.all([pinSession(reader), pinSession(writer)]);
  const heartbeat = await beat(writer);
  await reader.query("begin isolation level repeatable read read only");
  const { rows: snapshots } = await reader.query("select pg_export_snapshot() as snapshot, version() as version");
  const at = new Date();
  const name = safetyName(at, randomBytes(3).toString("hex"));
  const { lsn, segment, bytes } = await mark(writer, name);
  const { snapshot, version } = snapshots[0];
  const archived = awaitArchived(docker, writer, goal, segment).then(() =>
    checkUnbroken(docker, goal, base, segment, bytes),
  );
  const hashed = execOk(docker, goal.container, ["switchback-schema-hash", goal.database, snapshot]);
  const counted = readContents(reader, goal.countSeconds);
  const saved = saveFiles(docker, goal, log);
  const [contents, schemaHash, files] = await settleAll([counted, hashed, saved, archived]);
  const { head } = await readSchema(reader);
  await reader.query("commit");
  const { releases, sets, activeColor, generation } = goal;
  const { systemIdentifier, timeline } = state;
  return {
    name,
    kind: "safety",
    at: at.toISOString(),
    generation,
    systemIdentifier,
    timeline,
    lsn,
    segment,
    base: { label: base.label, stoppedAt: base.stoppedAt },
    postgres: version,
    heartbeat,
    head,
    schemaHash: schemaHash.trim(),
    contents,
    files,
    releases,
    sets,
    activeColor,
    reason,
    actor,
  };
}

/** Like Promise.all, but waits for each before it throws: the connections are ended afterwards. */
async function settleAll<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T;
}

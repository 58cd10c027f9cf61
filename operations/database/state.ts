import type Docker from "dockerode";
import { exec } from "../live/docker.ts";
import type { PasswordHashes } from "./passwords.ts";
import { type Base, latestBase, type Repository, repositoryMaximum } from "./repository.ts";

/** What the last `database` operation left in the database itself. */
export interface DatabaseMarker {
  /** Hash of the goal that was reached; empty: none was yet. */
  readonly goal: string;
  readonly epoch: string;
  readonly pending: { readonly epoch: string; readonly goal: string; readonly since: string } | null;
}

export interface ArchiveState {
  /** Last segment that PostgreSQL believes to be in the repository; null: none since its start. */
  readonly lastArchived: string | null;
  readonly lastArchivedAt: string | null;
  /** Attempts that failed since the statistics were reset. */
  readonly failed: number;
  readonly lastFailedAt: string | null;
  /** Segments that wait for the repository, and for how long the oldest does. */
  readonly waiting: number;
  readonly lagSeconds: number;
  /** Last segment that the repository has; null: none. */
  readonly repository: string | null;
  /** The repository does not have what PostgreSQL believes to be there: a silent gap. */
  readonly gap: boolean;
}

export type DatabaseState =
  /** `absent`: there is no such container. */
  | { readonly reachable: false; readonly absent: boolean; readonly reason: string }
  | {
      readonly reachable: true;
      readonly systemIdentifier: string;
      readonly timeline: number;
      readonly inRecovery: boolean;
      readonly startedAt: string;
      readonly bytes: number;
      readonly archive: ArchiveState;
      /** Newest backup from which a restore can begin; null: none. */
      readonly base: Base | null;
      /** Since the base ended, by the clock of the Docker host; null: no base. */
      readonly baseAgeHours: number | null;
      readonly marker: DatabaseMarker | null;
      readonly passwords?: PasswordHashes | null;
    };

/**
 * Reads a generation: marker, archive, newest base. One exec, which ends within about 2 s; the caller bounds it too.
 * @param name of the database
 */
export async function readDatabase(docker: Docker, container: string, name: string): Promise<DatabaseState> {
  try {
    const { exitCode, stdout, stderr } = await exec(docker, container, ["switchback-database-state", name]);
    if (exitCode !== 0) return unreachable(stderr.trim() || `exit ${exitCode}`);
    return judgeState(JSON.parse(stdout));
  } catch (error) {
    const { statusCode, message } = error as { statusCode?: number; message: string };
    if (statusCode === 404) return { ...unreachable("there is no such container"), absent: true };
    return unreachable(statusCode === 409 ? `the container ${container} does not run` : message);
  }
}

/** What `switchback-database-state` prints. */
export interface RawState {
  readonly sql:
    | (Omit<Extract<DatabaseState, { reachable: true }>, "reachable" | "archive" | "base" | "baseAgeHours"> & {
        readonly now: string;
        readonly archive: Omit<ArchiveState, "repository" | "gap">;
      })
    | null;
  readonly reason: string;
  readonly repository: Repository | null;
}

/** The state that the printed text means. */
export function judgeState({ sql, reason, repository }: RawState): DatabaseState {
  if (!sql) return unreachable(reason);
  const { now, archive, ...facts } = sql;
  const maximum = repositoryMaximum(repository, sql.systemIdentifier);
  const gap =
    archive.lastArchived !== null && isSegment(archive.lastArchived) && (maximum ?? "") < archive.lastArchived;
  const base = latestBase(repository, sql.systemIdentifier);
  const baseAgeHours = base && Math.max(0, (Date.parse(now) - Date.parse(base.stoppedAt)) / 3_600_000);
  return { reachable: true, ...facts, archive: { ...archive, repository: maximum, gap }, base, baseAgeHours };
}

const unreachable = (reason: string) => ({ reachable: false, absent: false, reason }) as const;
/** Not a history file or a backup's label, which are archived too. */
const isSegment = (name: string) => /^[0-9A-F]{24}$/.test(name);

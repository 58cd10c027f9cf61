/** A backup from which a restore can begin. */
export interface Base {
  /** pgBackRest's name of it. */
  readonly label: string;
  readonly type: "full" | "diff" | "incr";
  /** RFC 3339 */
  readonly startedAt: string;
  readonly stoppedAt: string;
  /** First and last WAL segment that it needs. */
  readonly firstSegment: string;
  readonly lastSegment: string;
  readonly stopLsn: string;
  /** Bytes that it has in the repository. */
  readonly bytes: number;
}

/** What `pgbackrest info --output=json` prints, as far as it is used. */
export type Repository = readonly {
  readonly name: string;
  readonly archive: readonly {
    readonly id: string;
    readonly max: string | null;
    readonly database: { readonly id: number };
  }[];
  readonly backup: readonly {
    readonly label: string;
    readonly type: Base["type"];
    readonly error: boolean | null;
    readonly timestamp: { readonly start: number; readonly stop: number };
    readonly archive: { readonly start: string; readonly stop: string };
    readonly lsn: { readonly stop: string };
    readonly database: { readonly id: number };
    readonly info: { readonly size: number; readonly repository: { readonly delta?: number; readonly size?: number } };
  }[];
  readonly db: readonly { readonly id: number; readonly "system-id": number }[];
}[];

/** The newest backup of this system, without page errors; null: none. */
export function latestBase(repository: Repository | null, systemIdentifier: string): Base | null {
  const ids = databaseIds(repository, systemIdentifier);
  const found = (repository?.[0]?.backup ?? []).filter(({ database, error }) => ids.includes(database.id) && !error);
  const last = found.at(-1);
  if (!last) return null;
  return {
    label: last.label,
    type: last.type,
    startedAt: new Date(last.timestamp.start * 1000).toISOString(),
    stoppedAt: new Date(last.timestamp.stop * 1000).toISOString(),
    firstSegment: last.archive.start,
    lastSegment: last.archive.stop,
    stopLsn: last.lsn.stop,
    bytes: last.info.repository.delta ?? last.info.repository.size ?? 0,
  };
}

/** The last WAL segment of this system in the repository; null: none. */
export function repositoryMaximum(repository: Repository | null, systemIdentifier: string): string | null {
  const ids = databaseIds(repository, systemIdentifier);
  const found = (repository?.[0]?.archive ?? []).filter(({ database }) => ids.includes(database.id));
  return found.at(-1)?.max ?? null;
}

// pgBackRest prints the 64-bit id as a number, of which JSON.parse keeps only the first 53 bits.
const databaseIds = (repository: Repository | null, systemIdentifier: string): number[] =>
  (repository?.[0]?.db ?? [])
    .filter((database) => database["system-id"] === Number(systemIdentifier))
    .map(({ id }) => id);

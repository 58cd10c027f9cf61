import { timelineOf } from "./wal.ts";

/** A backup of a generation, as its repository lists it. */
export interface StoredBase {
  readonly label: string;
  readonly type: "full" | "diff" | "incr";
  /** RFC 3339, in whole seconds. */
  readonly stoppedAt: string;
  readonly stopLsn: string;
  readonly timeline: number;
  /** First and last WAL segment that it needs. */
  readonly firstSegment: string;
  readonly lastSegment: string;
  /** Bytes of the data directory, and what the backup takes in the repository. */
  readonly bytes: number;
  readonly storedBytes: number;
  /** It, or one that it stands on, has pages with wrong checksums. */
  readonly broken: boolean;
}

/** What the repository has of one generation. */
export interface Stanza {
  readonly generation: string;
  /** Folder of its WAL below `archive/<generation>`, such as `17-1`; null: it has none. */
  readonly archiveId: string | null;
  /** Last WAL segment; null: none. */
  readonly lastSegment: string | null;
  /** Major version of PostgreSQL; null: unknown. */
  readonly postgres: string | null;
  /** Oldest first. */
  readonly bases: readonly StoredBase[];
}

/** What `pgbackrest info --output=json` says, by generation. A repository keeps what an earlier system left; only the last one counts. */
export function parseStanzas(text: string): ReadonlyMap<string, Stanza> {
  const stanzas = (JSON.parse(text) as Info).map(({ name, archive, backup, db }): [string, Stanza] => {
    const system = db.at(-1);
    const own = archive.filter(({ database }) => database.id === system?.id).at(-1);
    const backups = backup.filter(({ database }) => database.id === system?.id);
    const broken = new Set(backups.filter(({ error }) => error).map(({ label }) => label));
    const bases = backups.map((found) => toBase(found, broken)).sort((a, b) => (a.stoppedAt < b.stoppedAt ? -1 : 1));
    const { id = null, max = null } = own ?? {};
    return [name, { generation: name, archiveId: id, lastSegment: max, postgres: system?.version ?? null, bases }];
  });
  return new Map(stanzas);
}

type Info = readonly {
  readonly name: string;
  readonly archive: readonly {
    readonly id: string;
    readonly max: string | null;
    readonly database: { readonly id: number };
  }[];
  readonly backup: readonly Backup[];
  readonly db: readonly { readonly id: number; readonly version: string }[];
}[];

interface Backup {
  readonly label: string;
  readonly type: StoredBase["type"];
  readonly error?: boolean | null;
  readonly reference?: readonly string[] | null;
  readonly timestamp: { readonly stop: number };
  readonly archive: { readonly start: string; readonly stop: string };
  readonly lsn: { readonly stop: string };
  readonly database: { readonly id: number };
  readonly info: { readonly size: number; readonly repository: { readonly delta?: number; readonly size?: number } };
}

function toBase(backup: Backup, broken: ReadonlySet<string>): StoredBase {
  const { label, type, timestamp, archive, lsn, info, reference } = backup;
  return {
    label,
    type,
    stoppedAt: new Date(timestamp.stop * 1000).toISOString(),
    stopLsn: lsn.stop,
    timeline: timelineOf(archive.start),
    firstSegment: archive.start,
    lastSegment: archive.stop,
    bytes: info.size,
    storedBytes: info.repository.delta ?? info.repository.size ?? 0,
    broken: [label, ...(reference ?? [])].some((name) => broken.has(name)),
  };
}

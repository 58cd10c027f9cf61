/** A file of pg_wal. */
export interface WalFile {
  readonly name: string;
  /** When it was last written to. */
  readonly at: Date;
}

/** The server tells whole seconds, of a file system's clock that is a few milliseconds behind. */
const marginMilliseconds = 2000;

/**
 * Where to begin to read so that no commit after a moment is left out: the stamp of a commit is taken before it is
 * written, so that a file which was last written to before the moment has none. `whole`: there is such a file, or the
 * first one of all, so that none that is gone has one either. Undefined: there is no file.
 * @param current name of the file that is written now; later ones wait to be used
 * @param at RFC 3339
 */
export function findStart(
  files: readonly WalFile[],
  current: string,
  at: string,
  segmentBytes: number,
): { lsn: string; whole: boolean } | undefined {
  const used = files
    .filter(({ name }) => place(name) <= place(current))
    .sort((a, b) => (place(a.name) < place(b.name) ? -1 : 1));
  const since = Date.parse(at) - marginMilliseconds;
  const index = used.findIndex((file) => file.at.getTime() >= since);
  const first = used[index] ?? used.at(-1);
  if (!first) return undefined;
  return { lsn: startOf(first.name, segmentBytes), whole: index !== 0 || place(first.name) === firstOfAll };
}

/** A name without its timeline. */
const place = (name: string): string => name.slice(8);
const firstOfAll = "0000000000000001";

function startOf(name: string, segmentBytes: number): string {
  const [log, segment] = [name.slice(8, 16), name.slice(16)].map((digits) => Number.parseInt(digits, 16));
  return `${log!.toString(16)}/${(segment! * segmentBytes).toString(16)}`.toUpperCase();
}

/**
 * Names of the WAL segments from `first` to `last` that are not in `present`; both ends count.
 * @param segmentBytes the server's wal_segment_size
 * @throws when the two are of different timelines: no base of another one leads to a point without its history
 */
export function missingSegments(
  first: string,
  last: string,
  present: ReadonlySet<string>,
  segmentBytes = 16 * 1024 * 1024,
): string[] {
  if (first.slice(0, 8) !== last.slice(0, 8)) {
    throw new Error(
      `expected base and point on one timeline, got segments ${first} and ${last}; take a new base of this timeline`,
    );
  }
  const perLog = 2 ** 32 / segmentBytes;
  const missing: string[] = [];
  for (let number = parse(first, perLog); number <= parse(last, perLog); number++) {
    const name = last.slice(0, 8) + hex(Math.floor(number / perLog)) + hex(number % perLog);
    if (!present.has(name)) missing.push(name);
  }
  return missing;
}

/** Folders of the repository, of 256 segments each, that hold the segments from `first` to `last`. */
export function segmentFolders(first: string, last: string): string[] {
  const timeline = last.slice(0, 8);
  const [from, to] = [first, last].map((name) => Number.parseInt(name.slice(8, 16), 16)) as [number, number];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => timeline + hex(from + at));
}

const parse = (name: string, perLog: number): number =>
  Number.parseInt(name.slice(8, 16), 16) * perLog + Number.parseInt(name.slice(16, 24), 16);

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(8, "0");

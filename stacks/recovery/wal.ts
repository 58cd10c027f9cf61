/** Bytes of a WAL segment, as `initdb` makes them. */
export const segmentBytes = 16 * 1024 * 1024;

/** Orders two positions in the WAL of one timeline: negative when `a` comes first. */
export function compareLsn(a: string, b: string): number {
  const [x, y] = [position(a), position(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Bytes of WAL from one position to a later one. */
export const bytesBetween = (from: string, to: string): number => Math.max(0, Number(position(to) - position(from)));

/** Name of the segment that holds a position. */
export function segmentOf(lsn: string, timeline: number): string {
  const number = position(lsn) / BigInt(segmentBytes);
  const perLog = 2n ** 32n / BigInt(segmentBytes);
  return hex(BigInt(timeline)) + hex(number / perLog) + hex(number % perLog);
}

/** Where a segment ends. */
export function segmentEnd(segment: string): string {
  const [log, number] = [segment.slice(8, 16), segment.slice(16)].map((digits) => BigInt(`0x${digits}`));
  return render((log! << 32n) + (number! + 1n) * BigInt(segmentBytes));
}

/** How many segments there are from one to another of the same timeline, both counted. */
export function segmentsBetween(first: string, last: string): number {
  const [from, to] = [first, last].map((segment) => Number(position(segmentEnd(segment)) / BigInt(segmentBytes)));
  return Math.max(0, to! - from! + 1);
}

export const timelineOf = (segment: string): number => Number.parseInt(segment.slice(0, 8), 16);

function position(lsn: string): bigint {
  const [high, low] = lsn.split("/").map((half) => BigInt(`0x${half}`));
  return (high! << 32n) + low!;
}

const render = (byte: bigint): string =>
  `${(byte >> 32n).toString(16)}/${(byte & 0xffffffffn).toString(16)}`.toUpperCase();
const hex = (number: bigint): string => number.toString(16).toUpperCase().padStart(8, "0");

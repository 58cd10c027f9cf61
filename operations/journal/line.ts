/** A line of the journal, without its envelope. */
export interface JournalLine {
  readonly seq: number;
  /** RFC 3339, in milliseconds, by the clock of the Docker host. */
  readonly at: string;
  /** Hash of the line before; empty in the first. */
  readonly prev: string;
  readonly event: string;
  /** SHA-256 of the line without this field. */
  readonly hash: string;
  readonly [field: string]: unknown;
}

/** The lines of a journal's text, each with its place in it; `line` is undefined where one was torn. */
export function parseJournal(text: string): { number: number; raw: string; line: JournalLine | undefined }[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((raw, index) => ({ number: index + 1, raw, line: parseLine(raw) }));
}

/** What a line says, out of its envelope; undefined: it was torn. */
export function parseLine(raw: string): JournalLine | undefined {
  try {
    const { seq, time, prev, hash, data } = JSON.parse(raw);
    if (typeof hash !== "string" || typeof data?.customData?.event !== "string") return undefined;
    return { ...data.customData, seq, at: time, prev, hash };
  } catch {
    return undefined;
  }
}

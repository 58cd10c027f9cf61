import { createHash } from "node:crypto";
import { type JournalLine, parseJournal } from "./line.ts";

/** What the records keep beside the journal: number and hash of its last line. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The text of `journal.head`; undefined: there is none. */
export function parseHead(text: string | undefined): Head | undefined {
  const [, seq, hash] = /^(\d+) ([0-9a-f]{64})\n?$/.exec(text ?? "") ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

/**
 * Problems of the journal's text, first line first: changed, missing, moved or torn lines, and with a head those that were
 * cut off its end. Empty when it is whole.
 */
export function verifyJournal(text: string, head?: Head): string[] {
  const problems: string[] = [];
  let last: JournalLine | undefined;
  for (const { number, raw, line } of parseJournal(text)) {
    if (!line) {
      problems.push(`line ${number}: torn, expected one JSON object`);
      continue;
    }
    const hash = hashOf(raw);
    if (hash !== line.hash) problems.push(`line ${number}: changed, expected hash ${hash}, got ${line.hash}`);
    const prev = last?.hash ?? "";
    if (line.prev !== prev)
      problems.push(
        `line ${number}: expected the line before to have hash ${line.prev || "(none)"}, got ${prev || "(none)"}`,
      );
    last = line;
  }
  if (text !== "" && !text.endsWith("\n")) problems.push("last line: expected it to end with a line feed");
  return [...problems, ...verifyEnd(text, last, head)];
}

/** An append that was killed may have left the head one line behind, never ahead. */
function verifyEnd(text: string, last: JournalLine | undefined, head: Head | undefined): string[] {
  if (!head || last?.hash === head.hash) return [];
  const lines = text === "" ? 0 : text.trimEnd().split("\n").length;
  if (!last || last.seq <= head.seq)
    return [`line ${lines + 1}: missing, expected the journal to go on to number ${head.seq}, got ${last?.seq ?? 0}`];
  if (last.seq === head.seq + 1 && last.prev === head.hash) return [];
  return [`line ${lines}: expected number ${head.seq} to be the last one, got ${last.seq}`];
}

const hashOf = (raw: string): string =>
  createHash("sha256")
    .update(raw.replace(/,"hash":"[0-9a-f]*"}$/, "}"))
    .digest("hex");

/** The first line in which two copies of a journal differ, where one does not just go on after the other. */
export function firstDifference(records: string, mirror: string): number | undefined {
  if (records.startsWith(mirror)) return undefined;
  const [a, b] = [records.split("\n"), mirror.split("\n")];
  return b.findIndex((line, at) => line !== a[at]) + 1;
}

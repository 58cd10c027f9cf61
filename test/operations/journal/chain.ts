import { createHash } from "node:crypto";
import { envelope } from "../../../operations/journal/envelope.ts";
import type { JournalLine } from "../../../operations/journal/line.ts";
import { parseJournal } from "../../../operations/journal/line.ts";
import type { JournalEntry } from "../../../operations/live/journal.ts";

/** What a test says of a line: an entry, and when. */
export type Told = JournalEntry & { readonly at?: string };

/** A journal's text as the records' script writes it. */
export function chain(entries: readonly Told[], stack = "production"): string {
  let prev = "";
  const lines = entries.map(({ at = "2026-11-21T02:00:00.000Z", ...entry }, index) => {
    const { before, after } = envelope(stack, entry as JournalEntry, `id-${index}`);
    const body = `{"seq":${index + 1},"time":"${at}","prev":"${prev}",${before}${at}${after}`;
    prev = createHash("sha256").update(body).digest("hex");
    return `${body.slice(0, -1)},"hash":"${prev}"}\n`;
  });
  return lines.join("");
}

export const linesOf = (entries: readonly Told[]): JournalLine[] =>
  parseJournal(chain(entries)).map(({ line }) => line!);

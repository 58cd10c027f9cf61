import type Docker from "dockerode";
import { type Change, changesOf } from "../journal/changes.ts";
import { readJournal } from "../live/journal.ts";
import { readRecord, writeRecord } from "../live/records.ts";
import { announcements, type Told } from "./announce.ts";
import { enqueue } from "./outbox.ts";

/** File of the records: the last line of the journal that somebody was told of, whoever told it. */
const file = "announced.json";
/** Without one, such as on the first day, what ended longer ago than this is no news. */
const newsMs = 3_600_000;

/**
 * Puts a notification into the outbox for each change that has ended since somebody was told last. One that was told
 * and not yet noted down is told again, and the outbox knows it.
 * @param running the run that is under way, so that its change has no end yet
 * @returns all changes, oldest first
 */
export async function tellEnds(
  docker: Docker,
  folder: string,
  told: Told,
  running: string | undefined,
): Promise<Change[]> {
  const lines = await readJournal(docker, told.stack);
  const all = changesOf(lines);
  const last = lines.at(-1)?.seq ?? 0;
  const noted = (JSON.parse((await readRecord(docker, told.stack, file)) ?? "null") as { seq: number } | null)?.seq;
  const { ended, seq } = news(all, { last, noted, running, now: Date.now() });
  for (const notification of announcements(ended, all, told)) await enqueue(folder, notification);
  if (seq !== noted) await writeRecord(docker, told.stack, file, `${JSON.stringify({ seq })}\n`);
  return all;
}

interface Noted {
  /** Number of the journal's last line. */
  readonly last: number;
  readonly noted: number | undefined;
  readonly running: string | undefined;
  readonly now: number;
}

/** The changes that have ended and nobody was told of, and up to which line that is everything. Pure. */
export function news(all: readonly Change[], { last, noted, running, now }: Noted): { ended: Change[]; seq: number } {
  const open = all.find(({ id, status }) => id === running && status === "started");
  const seq = open ? Math.min(last, open.seqs[0] - 1) : last;
  // A journal that begins anew has fewer lines than somebody was told of.
  const fresh = noted === undefined || noted > last;
  const ended = all.filter(
    (change) =>
      change !== open &&
      (fresh ? now - Date.parse(change.endedAt ?? change.startedAt) < newsMs : change.seqs[1] > noted),
  );
  return { ended, seq: fresh ? seq : Math.max(noted, seq) };
}

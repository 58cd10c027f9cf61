import type Docker from "dockerode";
import { type Change, changesOf } from "../journal/changes.ts";
import { readJournal } from "../live/journal.ts";
import { readRecord, writeRecord } from "../live/records.ts";
import { announcements, type Told } from "./announce.ts";
import { enqueue } from "./outbox.ts";

/** File of the records: the last line of the journal that somebody was told of, whoever told it. */
const file = "announced.json";
/** After a run has let go of the lock, the command that ran it may still write how it ended. */
const graceMs = 10_000;
/** After its last run, a rollback by the command validates what it has done. */
const rollbackGraceMs = 600_000;
/** Without one, such as on the first day, what ended longer ago than this is no news. */
const newsMs = 3_600_000;

/**
 * Puts a notification into the outbox for each change that has ended since somebody was told last. One that was told
 * and not yet noted down is told again, and the outbox knows it.
 * @param running the run that is under way, so that its change has no end yet
 * @returns all changes, oldest first, and those of them that may still come to an end
 */
export async function tellEnds(
  docker: Docker,
  folder: string,
  told: Told,
  running: string | undefined,
): Promise<{ all: readonly Change[]; open: readonly Change[] }> {
  const lines = await readJournal(docker, told.stack);
  const all = changesOf(lines);
  const last = lines.at(-1)?.seq ?? 0;
  const noted = (JSON.parse((await readRecord(docker, told.stack, file)) ?? "null") as { seq: number } | null)?.seq;
  const { ended, open, seq } = news(all, { last, noted, running, now: Date.now() });
  for (const notification of announcements(ended, all, told)) await enqueue(folder, notification);
  if (seq !== noted) await writeRecord(docker, told.stack, file, `${JSON.stringify({ seq })}\n`);
  return { all, open };
}

interface Noted {
  /** Number of the journal's last line. */
  readonly last: number;
  readonly noted: number | undefined;
  readonly running: string | undefined;
  readonly now: number;
}

/** The changes that have ended and nobody was told of, those that may still end, and up to which line that is everything. Pure. */
export function news(
  all: readonly Change[],
  { last, noted, running, now }: Noted,
): { ended: Change[]; open: Change[]; seq: number } {
  const open = all.filter((change) => isOpen(change, running, now));
  const seq = Math.min(last, ...open.map(({ seqs }) => seqs[0] - 1));
  // A journal that begins anew has fewer lines than somebody was told of.
  const fresh = noted === undefined || noted > last;
  const ended = all.filter(
    (change) => !open.includes(change) && (fresh ? now - Date.parse(change.lastAt) < newsMs : change.seqs[1] > noted),
  );
  return { ended, open, seq: fresh ? seq : Math.max(noted, seq) };
}

function isOpen({ status, runs, id, lastAt }: Change, running: string | undefined, now: number): boolean {
  if (status !== "started") return false;
  if (running !== undefined && runs.includes(running)) return true;
  return now - Date.parse(lastAt) < (runs.includes(id) ? graceMs : rollbackGraceMs);
}

import { randomUUID } from "node:crypto";
import type Docker from "dockerode";
import { envelope } from "../journal/envelope.ts";
import { type JournalLine, parseJournal } from "../journal/line.ts";
import { inRecords, readRecord } from "./records.ts";

export type JournalEntry = { readonly event: string } & Readonly<Record<string, unknown>>;

export const journalFile = "journal.jsonl";
/** Number and hash of the journal's last line. */
export const headFile = "journal.head";

/**
 * Appends one line to the stack's journal, flushed to the disk, chained to the line before.
 * @returns when it was written, by the clock of the Docker host
 */
export async function appendJournal(docker: Docker, stack: string, entry: JournalEntry): Promise<{ at: string }> {
  const { before, after } = envelope(stack, entry, randomUUID());
  const result = await inRecords(docker, stack, appendScript, [before, after]);
  if (result.exitCode === 0) return { at: result.stdout.trim() };
  throw new Error(
    `expected to append to the journal of ${stack}, got: ${result.stderr.trim()}; check the disk of the Docker host`,
  );
}

/** Every line of the journal, oldest first. Lines torn by a crash are left out; `journal verify` names them. */
export async function readJournal(docker: Docker, stack: string): Promise<JournalLine[]> {
  const text = (await readRecord(docker, stack, journalFile)) ?? "";
  return parseJournal(text).flatMap(({ line }) => (line ? [line] : []));
}

// A line that a crash tore keeps its place as evidence: the next one starts on a line of its own.
const appendScript = `
touch ${journalFile}
if [ -s ${journalFile} ] && [ "$(tail -c 1 ${journalFile} | wc -l)" = 0 ]; then echo >> ${journalFile}; fi
last=$(grep '"hash":"[0-9a-f]*"}$' ${journalFile} | tail -n 1 || true)
seq=$(printf '%s' "$last" | sed -n 's/^{"seq":\\([0-9]*\\),.*/\\1/p')
prev=$(printf '%s' "$last" | sed -n 's/.*"hash":"\\([0-9a-f]*\\)"}$/\\1/p')
seq=$(( \${seq:-0} + 1 ))
at=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
body="{\\"seq\\":$seq,\\"time\\":\\"$at\\",\\"prev\\":\\"$prev\\",$1$at$2"
hash=$(printf '%s' "$body" | sha256sum | cut -d' ' -f1)
printf '%s,"hash":"%s"}\\n' "\${body%\\}}" "$hash" >> ${journalFile}
sync ${journalFile}
echo "$seq $hash" > ${headFile}.new
mv ${headFile}.new ${headFile}
echo "$at"`;

import { createHash } from "node:crypto";
import type Docker from "dockerode";
import { inRecords, readRecord } from "./records.ts";

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

export type JournalEntry = { readonly event: string } & Readonly<Record<string, unknown>>;

/**
 * Appends one line to the stack's journal, flushed to the disk, chained to the line before.
 * @returns when it was written, by the clock of the Docker host
 */
export async function appendJournal(docker: Docker, stack: string, entry: JournalEntry): Promise<{ at: string }> {
  const fields = JSON.stringify(entry).slice(1);
  const result = await inRecords(docker, stack, appendScript, [fields]);
  if (result.exitCode === 0) return { at: result.stdout.trim() };
  throw new Error(
    `expected to append to the journal of ${stack}, got: ${result.stderr.trim()}; check the disk of the Docker host`,
  );
}

/** Every line of the journal, oldest first. Lines torn by a crash are left out; {@link verifyJournal} counts them. */
export async function readJournal(docker: Docker, stack: string): Promise<JournalLine[]> {
  return parse((await readRecord(docker, stack, "journal.jsonl")) ?? "").flatMap(({ line }) => (line ? [line] : []));
}

/** Problems of the journal's text: changed, missing or torn lines; empty when the chain is whole. */
export function verifyJournal(text: string): string[] {
  const problems: string[] = [];
  let prev = "";
  for (const { number, raw, line } of parse(text)) {
    if (!line) {
      problems.push(`line ${number}: torn, expected one JSON object`);
      continue;
    }
    const unhashed = raw.replace(/,"hash":"[0-9a-f]*"}$/, "}");
    const hash = createHash("sha256").update(unhashed).digest("hex");
    if (hash !== line.hash) problems.push(`line ${number}: changed, expected hash ${hash}, got ${line.hash}`);
    if (line.prev !== prev)
      problems.push(
        `line ${number}: expected the line before to have hash ${line.prev || "(none)"}, got ${prev || "(none)"}`,
      );
    prev = line.hash;
  }
  return problems;
}

// A line that a crash tore keeps its place as evidence: the next one starts on a line of its own.
const appendScript = `
touch journal.jsonl
if [ -s journal.jsonl ] && [ "$(tail -c 1 journal.jsonl | wc -l)" = 0 ]; then echo >> journal.jsonl; fi
last=$(grep '"hash":"[0-9a-f]*"}$' journal.jsonl | tail -n 1 || true)
seq=$(printf '%s' "$last" | sed -n 's/^{"seq":\\([0-9]*\\),.*/\\1/p')
prev=$(printf '%s' "$last" | sed -n 's/.*"hash":"\\([0-9a-f]*\\)"}$/\\1/p')
at=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
body="{\\"seq\\":$(( \${seq:-0} + 1 )),\\"at\\":\\"$at\\",\\"prev\\":\\"$prev\\",$1"
hash=$(printf '%s' "$body" | sha256sum | cut -d' ' -f1)
printf '%s,"hash":"%s"}\\n' "\${body%\\}}" "$hash" >> journal.jsonl
sync journal.jsonl
echo "$at"`;

function parse(text: string): { number: number; raw: string; line: JournalLine | undefined }[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((raw, index) => ({ number: index + 1, raw, line: parseLine(raw) }));
}

function parseLine(raw: string): JournalLine | undefined {
  try {
    const line = JSON.parse(raw) as JournalLine;
    return typeof line.hash === "string" ? line : undefined;
  } catch {
    return undefined;
  }
}

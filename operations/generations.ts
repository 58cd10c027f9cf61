import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import type Docker from "dockerode";
import { exportGeneration } from "./evidence/export.ts";
import { listGenerations, renderGenerations } from "./evidence/list.ts";
import { removeGeneration } from "./evidence/remove.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal, type JournalEntry } from "./live/journal.ts";
import { withLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";

const usage = `usage: node operations/generations.ts <stack> list [--json]
       node operations/generations.ts <stack> export <generation> --to <folder>
       node operations/generations.ts <stack> remove <generation> --yes [--because <why>]`;

const options = {
  json: { type: "boolean" },
  to: { type: "string" },
  yes: { type: "boolean" },
  because: { type: "string" },
} as const;

/** What there is of generations that do not serve: lists them, copies one out, removes one after its date. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack, verb, name] = positionals;
  const docker = connect();
  if (stack && verb === "list" && !name) return list(docker, stack, values.json === true);
  if (stack && verb === "export" && name && values.to) return copyOut(docker, stack, name, resolve(values.to));
  if (stack && verb === "remove" && name)
    return remove(docker, stack, name, values.yes === true, values.because ?? process.env.SWITCHBACK_REASON ?? "");
  throw new Error(usage);
}

async function list(docker: Docker, stack: string, json: boolean): Promise<void> {
  const generations = await listGenerations(docker, stack);
  console.log(json ? JSON.stringify(generations, null, 2) : renderGenerations(generations));
}

async function copyOut(docker: Docker, stack: string, name: string, folder: string): Promise<void> {
  await ensureRecords(docker, stack);
  for (const { archive, manifest, bytes, sha256, files } of await exportGeneration(docker, stack, name, folder)) {
    const entry = { event: "generation-exported", operation: "generations", generation: name, bytes, sha256 };
    await appendJournal(docker, stack, { ...entry, archive: basename(archive), actor: actor() });
    console.log(`${archive}: ${files} files, ${bytes} bytes, sha256 ${sha256}, read back and compared with the volume`);
    console.log(`${manifest}: the SHA-256 of every file`);
  }
}

async function remove(docker: Docker, stack: string, name: string, yes: boolean, reason: string): Promise<void> {
  if (!yes)
    throw new Error(`expected --yes to remove generation ${name} and its data for good, got none; nothing was changed`);
  await ensureRecords(docker, stack);
  const journal = (entry: JournalEntry) => appendJournal(docker, stack, entry);
  const log = (line: string) => console.log(line);
  await withLock(docker, stack, `removal of generation ${name}`, () =>
    removeGeneration({ docker, stack, name, actor: actor(), reason, journal, log }),
  );
}

if (import.meta.main) runProgram(main);

import { rmSync } from "node:fs";
import type Docker from "dockerode";
import { readDumps } from "./backup/catalogue.ts";
import { findGarbage, type Garbage } from "./gc/decide.ts";
import { gatherFacts } from "./gc/live.ts";
import { actor } from "./live/actor.ts";
import { connect, execOk } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { withLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords, inRecords } from "./live/records.ts";
import { servingOf } from "./promotion/settle.ts";

/**
 * Names the images, sets, backup points and dumps that no reachable release needs: `node operations/gc.ts <stack> [--yes]`,
 * in the project's folder. Only `--yes` removes them.
 */
export async function collect(
  docker: Docker,
  stack: string,
  remove: boolean,
  log: (line: string) => void,
): Promise<Garbage[]> {
  if (!remove) return look(docker, stack, log);
  await ensureRecords(docker, stack);
  return withLock(docker, stack, "gc", async () => {
    const found = await look(docker, stack, log);
    for (const one of found) await removeOne(docker, stack, one, log);
    const removed = found.map(({ kind, name }) => `${kind} ${name}`);
    if (removed.length > 0)
      await appendJournal(docker, stack, { event: "gc", operation: "gc", removed, actor: actor() });
    return found;
  });
}

async function look(docker: Docker, stack: string, log: (line: string) => void): Promise<Garbage[]> {
  const facts = await gatherFacts(docker, stack);
  for (const one of facts.unknown) log(`every image and set stays, because this could not be read: ${one}`);
  return findGarbage(facts);
}

async function removeOne(docker: Docker, stack: string, one: Garbage, log: (line: string) => void): Promise<void> {
  if (one.kind === "image") {
    // Without force, so that the engine itself refuses what is in use.
    for (const name of one.name.split(", ")) await gone(docker.getImage(name).remove());
  } else if (one.kind === "set") {
    rmSync(one.name, { recursive: true });
  } else {
    if (one.kind === "dump") await removeDump(docker, stack, one.name);
    await inRecords(docker, stack, `rm -f "points/$1.json"; sync points`, [one.name]);
  }
  log(`removed ${one.kind} ${one.name}`);
}

async function removeDump(docker: Docker, stack: string, name: string): Promise<void> {
  const dump = (await readDumps(docker, stack)).find((one) => one.name === name);
  if (!dump) return;
  // Every generation has the volume of backups, and this one runs.
  const { container } = await servingOf(docker, stack);
  await execOk(docker, container, ["rm", "-f", dump.file]);
}

async function gone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
}

const megabytes = (bytes: number) => (bytes > 0 ? `, ${Math.round(bytes / 1e6)} MB` : "");

async function main(): Promise<void> {
  const [stack, yes] = process.argv.slice(2);
  if (!stack) throw new Error("expected `node operations/gc.ts <stack> [--yes]`");
  const found = await collect(connect(), stack, yes === "--yes", (line) => console.error(line));
  for (const { kind, name, why, bytes } of found) console.log(`${kind} ${name}: ${why}${megabytes(bytes)}`);
  if (found.length === 0) console.log("nothing: everything that is there may be needed by a rollback");
  else if (yes !== "--yes")
    console.log(`${found.length} to remove; nothing was changed. To remove them: switchback gc --yes`);
}

if (import.meta.main) runProgram(main);

import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { withLock } from "./live/lock.ts";
import { currentOwner, type Owner } from "./live/owner.ts";
import { ensureRecords, readRecord, writeRecord } from "./live/records.ts";

/**
 * Makes this engine and its state the owner of a live stack: `node operations/adopt.ts <project> <stack>`.
 * The state must know the live resources already (`stack import`), or the next `up` would make them anew.
 */
export async function adopt(project: string, stack: string): Promise<{ before: Owner | undefined; after: Owner }> {
  const docker = connect();
  const after = currentOwner(project, stack);
  await ensureRecords(docker, stack);
  return withLock(docker, stack, "adopt", async () => {
    const text = await readRecord(docker, stack, "owner.json");
    const before = text === undefined ? undefined : (JSON.parse(text) as Owner);
    await writeRecord(docker, stack, "owner.json", `${JSON.stringify(after)}\n`);
    await appendJournal(docker, stack, { event: "adopted", actor: actor(), from: before ?? null, to: after });
    return { before, after };
  });
}

if (import.meta.main) {
  const [project, stack] = process.argv.slice(2);
  if (!project || !stack) throw new Error("expected `node operations/adopt.ts <project> <stack>`");
  const { before, after } = await adopt(project, stack);
  console.log(
    `${stack}: owner ${before ? `${before.engine} (state ${before.stateId})` : "nobody"} -> ${after.engine} (state ${after.stateId})`,
  );
}

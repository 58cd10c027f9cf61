import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";
import { type LiveLock, publishToken, takeLock } from "../operations/live/lock.ts";
import { currentOwner } from "../operations/live/owner.ts";
import { ensureRecords, readRecord, recordsName, writeRecord } from "../operations/live/records.ts";
import type { StackPlan } from "./plan.ts";

export interface RunLock extends Pick<LiveLock, "release"> {
  /** Says how the run's end is written down, while it still holds the lock. Returns what says that it has got there. */
  beforeRelease(end: RunEnd): () => void;
}

export interface RunEnd {
  readonly done: () => Promise<void>;
  readonly failed: () => Promise<void>;
}

/** Whether the stack has a catalogue already. An engine that does not answer has none to ask. */
export async function hasCatalogue(docker: Docker, stack: string): Promise<boolean> {
  try {
    await docker.getContainer(recordsName(stack)).inspect();
    return true;
  } catch {
    return false;
  }
}

/** Takes the live lock for the whole run, until this program has exited, and claims a stack that nobody owns. */
export async function takeRunLock(docker: Docker, { stack, config }: StackPlan): Promise<RunLock> {
  await ensureRecords(docker, stack);
  const lock = await refusing(() => takeLock(docker, stack, "up"));
  await publishToken(stack, lock.owner, process.env.SWITCHBACK_REASON || config.reason || "");
  if (lock.cleared)
    await pulumi.log.info(`cleared the live lock of ${lock.cleared.purpose} (pid ${lock.cleared.pid}), which is dead`);
  if ((await readRecord(docker, stack, "owner.json")) === undefined) {
    await writeRecord(docker, stack, "owner.json", `${JSON.stringify(currentOwner(pulumi.getProject(), stack))}\n`);
  }
  let end: RunEnd = { done: async () => {}, failed: async () => {} };
  let reached = false;
  releaseAtExit(lock, (ok) => (ok && reached ? end.done() : end.failed()));
  const beforeRelease = (ways: RunEnd) => {
    end = ways;
    return () => {
      reached = true;
    };
  };
  return { release: lock.release, beforeRelease };
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
}

// The SDK waits for the engine's last steps in a beforeExit handler of its own; only the round after that one is the end of the run.
function releaseAtExit(lock: LiveLock, end: (ok: boolean) => Promise<void>): void {
  const finish = (ok: boolean) =>
    end(ok).catch((error: Error) => console.error(`the end of the change could not be written down: ${error.message}`));
  let rounds = 0;
  process.on("beforeExit", () => {
    rounds += 1;
    if (rounds <= 2) setImmediate(() => {});
    if (rounds === 3) void finish(!process.exitCode).finally(() => lock.release().catch(() => {}));
  });
  // So Pulumi's CLI ends the program of an update that failed, whose last steps may still be under way: whoever comes
  // next takes the lock of a dead process.
  let interrupted = false;
  process.on("SIGINT", () => {
    if (!interrupted) void finish(false).finally(() => process.exit(130));
    interrupted = true;
  });
}

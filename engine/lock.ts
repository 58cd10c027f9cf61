import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { basename, join } from "node:path";
import { isRunning, processFields } from "../operations/live/process.ts";
import { writeAtomic } from "./files.ts";

/** A lock file of the `file://` backend. */
export interface LockInfo {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

interface FoundLock {
  readonly file: string;
  readonly info: LockInfo;
}

/**
 * Takes the stack's lock and returns what releases it. Locks of dead processes of this host are cleared, each with a line to `say`.
 * Throws with owner and age when another process holds it.
 */
export function takeLock(folder: string, say: (line: string) => void): () => void {
  clearDeadLocks(folder, say);
  refuseHeld(folder);
  const file = join(folder, `${randomUUID()}.json`);
  const info: LockInfo = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  writeAtomic(file, JSON.stringify(info));
  const release = () => {
    process.off("exit", release);
    rmSync(file, { force: true });
  };
  process.on("exit", release);
  try {
    refuseHeld(folder, file);
  } catch (error) {
    // Two processes wrote at the same moment: neither goes on, as in the real backend.
    release();
    throw error;
  }
  return release;
}

/** Removes the locks of processes of this host that are gone. */
export function clearDeadLocks(folder: string, say: (line: string) => void): void {
  for (const { file, info } of readLocks(folder)) {
    if (info.hostname !== hostname() || isAlive(info)) continue;
    rmSync(file, { force: true });
    rmSync(`${file}.attrs`, { force: true });
    say(`cleared a stale lock: process ${info.pid} of ${info.username}, which took it ${age(info)} ago, is gone`);
  }
}

/** Removes every lock, as `cancel` does. Returns how many there were. */
export function removeLocks(folder: string): number {
  const locks = readLocks(folder);
  for (const { file } of locks) rmSync(file, { force: true });
  return locks.length;
}

function refuseHeld(folder: string, except?: string): void {
  const [held] = readLocks(folder).filter(({ file }) => file !== except);
  if (held === undefined) return;
  const { info } = held;
  const stack = basename(folder);
  throw new Error(
    `the stack is locked by process ${info.pid} of ${info.username}@${info.hostname}, for ${age(info)} now; wait for it, or if it is not running any more: switchback cancel --stack ${stack}`,
  );
}

function readLocks(folder: string): FoundLock[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const file = join(folder, name);
      try {
        return [{ file, info: JSON.parse(readFileSync(file, "utf8")) as LockInfo }];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        const timestamp = statSync(file).mtime.toISOString();
        return [{ file, info: { pid: 0, username: "unknown", hostname: "unknown", timestamp } }];
      }
    });
}

/** Whether the process that took the lock still runs: the same id, and not started after the lock was taken. */
function isAlive(info: LockInfo): boolean {
  if (!isRunning(info.pid)) return false;
  const started = startTime(info.pid);
  return started === undefined || started <= Date.parse(info.timestamp) + 1000;
}

/** When a process started, in milliseconds since 1970, where /proc says so. */
function startTime(pid: number): number | undefined {
  const fields = processFields(pid);
  if (fields === undefined) return undefined;
  const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  return (Number(boot) + Number(fields[19]) / 100) * 1000;
}

function age(info: LockInfo): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(info.timestamp)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

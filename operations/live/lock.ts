import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import type Docker from "dockerode";
import { actor } from "./actor.ts";
import { isRunning } from "./process.ts";
import { inRecords, readRecord } from "./records.ts";

/** A lock not renewed for this long is free. */
const leaseSeconds = 20;
const renewMilliseconds = 5000;

export interface LockOwner {
  readonly token: string;
  readonly actor: string;
  readonly host: string;
  readonly pid: number;
  /** The process that started it: without its engine a program can do nothing more. */
  readonly parent: number;
  readonly purpose: string;
  /** RFC 3339 */
  readonly since: string;
}

export interface LiveLock {
  readonly owner: LockOwner;
  /** Set when the lock was taken from a process that is dead. */
  readonly cleared: LockOwner | undefined;
  release(): Promise<void>;
}

/**
 * Takes the stack's live lock and renews it until it is released or this process ends.
 * @throws when somebody else holds it, with who, why and since when
 */
export async function takeLock(docker: Docker, stack: string, purpose: string): Promise<LiveLock> {
  const owner = {
    token: randomUUID(),
    actor: actor(),
    host: hostname(),
    pid: process.pid,
    parent: process.ppid,
    purpose,
    since: new Date().toISOString(),
  };
  let held = await acquire(docker, stack, owner, "");
  const dead = held && isDead(held) ? held : undefined;
  if (dead) held = await acquire(docker, stack, owner, dead.token);
  if (held) {
    throw new Error(
      `expected no other operation on ${stack}, got: ${held.purpose} by ${held.actor} (pid ${held.pid} on ${held.host}) since ${held.since}; wait for its end`,
    );
  }
  const renewal = setInterval(() => {
    // Its engine is gone, so nothing that it could still do would be asked for: it ends as one that is interrupted.
    if (process.ppid !== owner.parent) return void process.kill(process.pid, "SIGINT");
    inRecords(docker, stack, renewScript, [owner.token, `${leaseSeconds}`]).catch(() => {});
  }, renewMilliseconds).unref();
  const release = async () => {
    clearInterval(renewal);
    await inRecords(docker, stack, releaseScript, [owner.token]);
  };
  return { owner, cleared: dead, release };
}

/** Leaves the token, and why the run is made, where the operations of this run find them. */
export async function publishToken(stack: string, owner: LockOwner, reason: string): Promise<void> {
  await mkdir(".switchback", { recursive: true });
  await writeFile(tokenFile(stack), `${JSON.stringify({ ...owner, reason })}\n`, { mode: 0o600 });
}

/** Why the run is made that holds the live lock: SWITCHBACK_REASON, else what its config says. */
export async function runReason(stack: string): Promise<string> {
  return process.env.SWITCHBACK_REASON || ((await published(stack))?.reason ?? "");
}

/**
 * Runs `work` under the stack's live lock: the one of the run that started this operation, else one of its own.
 * @throws when somebody else holds it
 */
export async function withLock<T>(docker: Docker, stack: string, purpose: string, work: () => Promise<T>): Promise<T> {
  const token = (await published(stack))?.token;
  if (token && (await inRecords(docker, stack, heldScript, [token])).exitCode === 0) return work();
  const lock = await takeLock(docker, stack, purpose);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Who holds the stack's live lock, or a dead process whose lease still runs; undefined: nobody, or there is no catalogue. */
export async function readLock(docker: Docker, stack: string): Promise<(LockOwner & { dead: boolean }) | undefined> {
  const text = await readRecord(docker, stack, "lock/owner");
  if (!text) return undefined;
  const until = Number(await readRecord(docker, stack, "lock/until"));
  const owner = JSON.parse(text) as LockOwner;
  return { ...owner, dead: isDead(owner) || until * 1000 < Date.now() };
}

async function acquire(
  docker: Docker,
  stack: string,
  owner: LockOwner,
  takeover: string,
): Promise<LockOwner | undefined> {
  const result = await inRecords(docker, stack, acquireScript, [
    owner.token,
    `${leaseSeconds}`,
    JSON.stringify(owner),
    takeover,
  ]);
  if (result.exitCode === 0) return undefined;
  if (result.exitCode === heldExit) return JSON.parse(result.stdout) as LockOwner;
  throw new Error(`expected to take the lock of ${stack}, got: ${result.stderr.trim()}`);
}

function isDead({ host, pid, parent }: LockOwner): boolean {
  return host === hostname() && (!isRunning(pid) || !isRunning(parent));
}

const tokenFile = (stack: string) => `.switchback/lock-${stack}.json`;

async function published(stack: string): Promise<(LockOwner & { reason: string }) | undefined> {
  try {
    return JSON.parse(await readFile(tokenFile(stack), "utf8"));
  } catch {
    return undefined;
  }
}

const heldExit = 3;
const acquireScript = `
if ! mkdir lock 2>/dev/null; then
  until=$(cat lock/until 2>/dev/null || echo 0)
  token=$(cat lock/token 2>/dev/null || true)
  if [ "$(date +%s)" -lt "$until" ] && [ "$token" != "$4" ]; then cat lock/owner; exit ${heldExit}; fi
  rm -rf lock; mkdir lock
fi
printf '%s' "$3" > lock/owner
printf '%s' "$1" > lock/token
echo $(( $(date +%s) + $2 )) > lock/until`;
const heldScript = `[ "$(cat lock/token 2>/dev/null)" = "$1" ]`;
const renewScript = `${heldScript}; echo $(( $(date +%s) + $2 )) > lock/until`;
const releaseScript = `${heldScript}; rm -rf lock`;

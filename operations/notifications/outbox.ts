import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isRunning } from "../live/process.ts";
import type { Notification } from "./notification.ts";

/** How far a notification has got to one sink. */
export interface Delivery {
  readonly state: "waiting" | "delivered" | "dead";
  readonly attempts: number;
  /** Not before; in ms since 1970. */
  readonly nextAt: number;
  /** Of the last attempt; absent: there was none. */
  readonly error?: string;
}

export interface OutboxEntry {
  readonly notification: Notification;
  /** When it was put in, in ms since 1970. */
  readonly queuedAt: number;
  readonly deliveries: Readonly<Record<string, Delivery>>;
}

/** The outbox of a stack, in the project's folder. */
export const outboxOf = (stack: string): string => join(".switchback", "outbox", stack);

/** How long one that is done with is remembered, so that it is not sent again. */
const rememberMs = 7 * 86_400_000;

/**
 * Puts a notification in, flushed to the disk; one with the same key that is there, or was sent, is put in once. No sink
 * is asked for anything.
 */
export async function enqueue(folder: string, notification: Notification): Promise<void> {
  const name = nameOf(notification);
  await Promise.all(["pending", "done"].map((part) => mkdir(join(folder, part), { recursive: true, mode: 0o700 })));
  if (await exists(join(folder, "done", name))) return;
  const entry: OutboxEntry = { notification, queuedAt: Date.now(), deliveries: {} };
  const fresh = await written(folder, entry);
  try {
    await link(fresh, join(folder, "pending", name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(fresh, { force: true });
  }
}

/** What waits, oldest first; `done` also what was sent or given up. */
export async function list(folder: string, part: "pending" | "done"): Promise<OutboxEntry[]> {
  const names = await readdir(join(folder, part)).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, part, name), "utf8").catch(() => "")));
  const entries = texts.filter(Boolean).map((text) => JSON.parse(text) as OutboxEntry);
  return entries.sort((a, b) => a.queuedAt - b.queuedAt);
}

/** Replaces what is known of one that waits; with `done` it waits no more. */
export async function save(folder: string, entry: OutboxEntry, done: boolean): Promise<void> {
  const name = nameOf(entry.notification);
  await rename(await written(folder, entry), join(folder, "pending", name));
  if (done) await rename(join(folder, "pending", name), join(folder, "done", name));
}

/** Forgets what was done with long ago. */
export async function forget(folder: string, now: number): Promise<void> {
  for (const name of await readdir(join(folder, "done")).catch(() => [])) {
    const file = join(folder, "done", name);
    if (now - (await stat(file)).mtimeMs > rememberMs) await rm(file, { force: true });
  }
}

/** Runs `work` as the only one that delivers from this outbox; undefined: another process does. */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "delivering");
  const holder = Number(await readFile(file, "utf8").catch(() => ""));
  if (holder && isRunning(holder)) return undefined;
  if (holder) await rm(file, { force: true });
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(`${process.pid}`);
    await handle.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Writes an entry beside the others, flushed. Returns its path. */
async function written(folder: string, entry: OutboxEntry): Promise<string> {
  const file = join(folder, `${randomBytes(6).toString("hex")}.new`);
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(JSON.stringify(entry));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return file;
}

const nameOf = ({ key }: Notification): string => `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`;

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a whole file so that a crash leaves the old text or the new one: temporary file, fsync, rename, fsync of the folder. A link is
 * followed, and the mode of a file that is there stays; a new one is private.
 * @param keep keep the old text beside it as `<path>.bak`
 */
export function writeAtomic(path: string, text: string, keep = false): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  const file = openSync(temporary, "w", existsSync(target) ? statSync(target).mode : 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (keep) keepBackup(target);
  renameSync(temporary, target);
  syncFolder(folder);
}

function keepBackup(path: string): void {
  const temporary = `${path}.bak.tmp`;
  rmSync(temporary, { force: true });
  try {
    linkSync(path, temporary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  renameSync(temporary, `${path}.bak`);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

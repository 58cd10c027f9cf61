import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a whole file so that a crash leaves the old text or the new one: temporary file, fsync, rename, fsync of the folder.
 * With `keep`, the old text stays beside it as `<path>.bak`.
 */
export function writeAtomic(path: string, text: string, keep = false): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (keep) keepBackup(path);
  renameSync(temporary, path);
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

import type Docker from "dockerode";
import { mountOf } from "../../stacks/file-volumes.ts";
import { ensureKeeper } from "../live/keeper.ts";
import { backupVolume, runFiles, said } from "./files.ts";
import type { BackupPoint, SavedFiles } from "./point.ts";

export interface RestoreFiles {
  readonly docker: Docker;
  readonly stack: string;
  /** Container of a database or scheduler, running or not, from which image and repository are taken. */
  readonly container: string;
  readonly point: Pick<BackupPoint, "name" | "files">;
  readonly service: string;
  readonly volume: string;
  /** Physical name of a volume that does not exist yet. */
  readonly toVolume: string;
}

/**
 * Writes the files of a backup point into a new volume, and reads each of them back. The volume that it was saved from is
 * not touched. A keeper holds the new one.
 * @throws when the point has none of this volume, the new one exists, or what was written differs from what was saved; a
 * volume that is not whole is removed
 */
export async function restoreFiles(restore: RestoreFiles): Promise<SavedFiles> {
  const { docker, stack, toVolume } = restore;
  const saved = savedIn(restore);
  await createNew(docker, toVolume, { "switchback.stack": stack, "switchback.role": "volume" });
  try {
    await fillVolume(restore, saved, toVolume);
  } catch (error) {
    await docker.getVolume(toVolume).remove();
    throw error;
  }
  await ensureKeeper(docker, { name: `${toVolume}-keeper`, volume: toVolume, stack, path: "/data" });
  return saved;
}

/** Writes a copy of files into an empty volume, and reads each of them back. @throws when they differ from what was saved */
export async function fillVolume(
  { docker, stack, container }: Pick<RestoreFiles, "docker" | "stack" | "container">,
  saved: Pick<SavedFiles, "service" | "volume" | "snapshot" | "files" | "bytes">,
  toVolume: string,
): Promise<void> {
  const output = await runFiles(docker, {
    stack,
    container,
    argv: ["restore", saved.snapshot, saved.service, saved.volume],
    volumes: [
      { name: toVolume, path: mountOf(saved) },
      { name: await backupVolume(docker, container), path: "/var/lib/pgbackrest", readOnly: true },
    ],
  });
  if (output.exitCode !== 0) throw new Error(said(output));
  const { files, bytes } = JSON.parse(output.stdout) as Pick<SavedFiles, "files" | "bytes">;
  if (files !== saved.files || bytes !== saved.bytes)
    throw new Error(`expected ${saved.files} files of ${saved.bytes} bytes, got ${files} of ${bytes}`);
}

function savedIn({ point, service, volume }: RestoreFiles): SavedFiles {
  const all = point.files ?? [];
  const found = all.find((one) => one.service === service && one.volume === volume);
  if (found) return found;
  const has = all.map((one) => `${one.service}/${one.volume}`).join(", ") || "none";
  throw new Error(
    `expected files of ${service}/${volume} in ${point.name}, got ${has}; choose another point or volume`,
  );
}

/** @throws when there is one of that name: nothing is ever written over */
async function createNew(docker: Docker, name: string, labels: Record<string, string>): Promise<void> {
  try {
    await docker.getVolume(name).inspect();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    await docker.createVolume({ Name: name, Labels: labels });
    return;
  }
  throw new Error(`expected ${name} to be a new volume, got one that exists; choose another name`);
}

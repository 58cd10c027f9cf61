import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { ensureKeeper } from "../live/keeper.ts";
import { containerOf, listGenerations, volumeBytes } from "./list.ts";
import { type ExportedFile, expectSame, readSums, sumArchive } from "./sums.ts";

export interface Exported {
  /** The archive, and what is known of it, on this machine. */
  readonly archive: string;
  readonly manifest: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly files: number;
}

/**
 * Copies the volume of a generation that stands still into a folder of this machine, and the files of the services that are
 * its own, see {@link exportVolume}. @throws when it runs
 */
export async function exportGeneration(
  docker: Docker,
  stack: string,
  name: string,
  folder: string,
): Promise<readonly Exported[]> {
  const generation = (await listGenerations(docker, stack)).find((one) => one.name === name);
  if (!generation)
    throw new Error(`expected a generation of ${stack}, got ${name}; see \`switchback generations list\``);
  if (generation.running)
    throw new Error(`expected generation ${name} to stand still, got one that runs: a copy of it would show no moment`);
  const container = containerOf(stack, name);
  const exported: Exported[] = [];
  for (const volume of [container, ...generation.files.map((one) => one.name)]) {
    const keeper = `${volume}-keeper`;
    await ensureKeeper(docker, { name: keeper, volume, stack, path: "/data" });
    exported.push(await exportVolume(docker, { keeper, volume, about: { stack, generation } }, folder));
  }
  return exported;
}

export interface ExportOf {
  /** Running container that has the volume at /data. */
  readonly keeper: string;
  readonly volume: string;
  /** What the manifest says of it. */
  readonly about: object;
}

/**
 * Copies a volume into a folder of this machine: an archive, a manifest with the SHA-256 of every file in it, and
 * SHA256SUMS of both. What was written is read again and compared with the volume.
 * @throws when there is no room, or what was written is not what the volume has; nothing is left behind then under the
 * final names
 */
export async function exportVolume(
  docker: Docker,
  { keeper, volume, about }: ExportOf,
  folder: string,
): Promise<Exported> {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `${volume}.tar`);
  const manifest = join(folder, `${volume}.json`);
  for (const file of [archive, manifest])
    if (existsSync(file)) throw new Error(`expected no ${file}, got one; choose another folder`);
  expectRoom(folder, await volumeBytes(docker, keeper));
  const files = await readSums(docker, keeper);
  const partial = `${archive}.partial`;
  const written = await download(docker, keeper, partial);
  const read = await sumArchive(createReadStream(partial));
  if (read.sha256 !== written.sha256)
    throw new Error(`expected ${partial} to hold what was written, got other bytes; check the disk`);
  expectSame(files, read.files, volume);
  writeFileSync(manifest, `${JSON.stringify(describe(about, written, files), null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, archive);
  const sums = [archive, manifest].map((file) => [file.slice(folder.length).replace(/^\/+/, ""), file] as const);
  const lines = await Promise.all(sums.map(async ([short, file]) => `${await sha256Of(file)}  ${short}\n`));
  writeFileSync(join(folder, "SHA256SUMS"), lines.join(""), { mode: 0o600, flag: "a" });
  return { archive, manifest, ...written, files: files.length };
}

const describe = (about: object, archive: object, files: readonly ExportedFile[]) => ({
  ...about,
  exportedAt: new Date().toISOString(),
  archive,
  files,
});

/** Writes the volume as one archive, with owners and modes, flushed to the disk. */
async function download(docker: Docker, keeper: string, file: string): Promise<{ bytes: number; sha256: string }> {
  const stream = (await docker.getContainer(keeper).getArchive({ path: "/data" })) as unknown as Readable;
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    stream,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(file, { mode: 0o600, flush: true }),
  );
  return { bytes, sha256: hash.digest("hex") };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function expectRoom(folder: string, needed: number | null): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (needed === null || free > needed * 1.05) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new Error(`expected ${megabytes(needed * 1.05)} free in ${folder}, got ${megabytes(free)}`);
}

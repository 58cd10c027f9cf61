import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { pack } from "tar-stream";

export interface ContextFile {
  /** Path inside the build context, with `/`. */
  readonly name: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

/** The files of a build context, in a fixed order. */
export function readContext(folder: string): ContextFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({
      name: path.relative(folder, file).split(path.sep).join("/"),
      executable: (statSync(file).mode & 0o100) !== 0,
      content: readFileSync(file),
    }));
}

/** SHA-256 of what an image is built from: names, modes and contents of the files, and the build arguments. */
export function hashContext(files: readonly ContextFile[], buildArgs: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const { name, executable, content } of files) {
    hash.update(`${JSON.stringify([name, executable, content.length])}\n`).update(content);
  }
  return hash.update(JSON.stringify(Object.entries(buildArgs).sort())).digest("hex");
}

/** The files as the tar stream that the Docker engine builds from; times are fixed so that layers are found again. */
export function packContext(files: readonly ContextFile[]): Readable {
  const tar = pack();
  for (const { name, executable, content } of files) {
    tar.entry({ name, mode: executable ? 0o755 : 0o644, mtime: new Date(0) }, content);
  }
  tar.finalize();
  return tar as unknown as Readable;
}

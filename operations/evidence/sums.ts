import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { extract } from "tar-stream";
import { execOk } from "../live/docker.ts";

export interface ExportedFile {
  /** Below the volume's root. */
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
}

/** The SHA-256 of every file of a volume, read in its keeper, by path. */
export async function readSums(docker: Docker, keeper: string): Promise<ExportedFile[]> {
  const text = await execOk(docker, keeper, ["sh", "-euc", sums]);
  return text
    .split("\0")
    .filter(Boolean)
    .map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66).replace(/^\.\//, "") }));
}

const sums = "cd /data && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum -z --";

/** The SHA-256 of an archive and of every file in it, whose paths begin with the folder that was archived. */
export async function sumArchive(stream: Readable): Promise<{ sha256: string; files: Map<string, string> }> {
  const whole = createHash("sha256");
  const files = new Map<string, string>();
  const archive = extract();
  archive.on("entry", (header, entry, next) => {
    const hash = createHash("sha256");
    entry.on("data", (chunk) => void hash.update(chunk as Buffer));
    entry.on("end", () => {
      if (header.type === "file") files.set(header.name.replace(/^data\//, ""), hash.digest("hex"));
      next();
    });
  });
  stream.on("data", (chunk) => void whole.update(chunk as Buffer));
  await pipeline(stream, archive);
  return { sha256: whole.digest("hex"), files };
}

/** @throws naming the first files that are not the same in the volume and in the archive */
export function expectSame(volume: readonly ExportedFile[], archive: ReadonlyMap<string, string>, name: string): void {
  const paths = new Set(volume.map(({ path }) => path));
  const wrong = [
    ...volume.filter(({ path, sha256 }) => archive.get(path) !== sha256).map(({ path }) => path),
    ...[...archive.keys()].filter((path) => !paths.has(path)),
  ];
  if (wrong.length === 0) return;
  const shown = `${wrong.slice(0, 3).join(", ")}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ""}`;
  throw new Error(
    `expected the archive to equal the volume of ${name}, got other contents of ${shown}; the volume changed meanwhile, or a disk is bad`,
  );
}

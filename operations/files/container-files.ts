import type Docker from "dockerode";
import { extract, pack } from "tar-stream";
import type { GoalFile } from "./goal.ts";

/** The content of a file in a container, running or not; undefined: there is none. */
export async function readFileIn(docker: Docker, container: string, path: string): Promise<string | undefined> {
  try {
    const stream = await docker.getContainer(container).getArchive({ path });
    return await firstEntry(stream);
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** Writes files into a container, running or not; folders that are missing are made. It needs no tool in the image. */
export async function writeFilesIn(docker: Docker, container: string, files: readonly GoalFile[]): Promise<void> {
  if (files.length === 0) return;
  const archive = pack();
  for (const { path, content, mode, uid } of files)
    archive.entry({ name: path.replace(/^\//, ""), mode, uid, gid: uid, mtime: new Date() }, content);
  archive.finalize();
  await docker.getContainer(container).putArchive(archive as unknown as NodeJS.ReadableStream, { path: "/" });
}

function firstEntry(stream: NodeJS.ReadableStream): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const archive = extract();
    let text: string | undefined;
    archive.on("entry", (header, entry, next) => {
      const chunks: Buffer[] = [];
      entry.on("data", (chunk) => chunks.push(chunk as Buffer));
      entry.on("end", () => {
        if (header.type === "file") text ??= Buffer.concat(chunks).toString();
        next();
      });
      entry.on("error", reject);
    });
    archive.on("finish", () => resolve(text));
    archive.on("error", reject);
    stream.on("error", reject);
    stream.pipe(archive);
  });
}

import type Docker from "dockerode";
import { pack } from "tar-stream";
import type { Props } from "../../provider.ts";

/** Copies the `uploads` of a container into it, before it starts. Throws when one has no content, or more than one. */
export async function copyUploads(container: Docker.Container, uploads: readonly Props[]): Promise<void> {
  if (uploads.length === 0) return;
  const archive = pack();
  for (const upload of uploads) archive.entry({ name: String(upload.file), mode: modeOf(upload) }, contentOf(upload));
  archive.finalize();
  await container.putArchive(archive as unknown as NodeJS.ReadableStream, { path: "/" });
}

function modeOf({ permissions, executable }: Props): number {
  if (permissions) return Number.parseInt(String(permissions), 8);
  return executable ? 0o744 : 0o644;
}

function contentOf({ file, content, contentBase64 }: Props): Buffer {
  if (Boolean(content) === Boolean(contentBase64)) {
    throw new Error(
      `upload ${String(file)}: expected exactly one of \`content\` and \`contentBase64\`, got ${content ? "both" : "none"}`,
    );
  }
  return contentBase64 ? Buffer.from(String(contentBase64), "base64") : Buffer.from(String(content), "utf8");
}

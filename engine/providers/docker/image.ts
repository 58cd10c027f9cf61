import type { ImageInspectInfo } from "dockerode";
import type { OperationContext } from "../../provider.ts";
import { connect, request, requestIfExists } from "./client.ts";

export const inspectImage = (name: string): Promise<ImageInspectInfo | undefined> =>
  requestIfExists(`Unable to inspect image ${name}`, (docker) => docker.getImage(name).inspect());

/** The image by id, tag or digest; pulled when Docker does not have it. An image id cannot be pulled: it must be there. */
export async function findImage(name: string, context: OperationContext): Promise<ImageInspectInfo> {
  const local = await inspectImage(name);
  if (local !== undefined) return local;
  if (/^(sha256:)?[0-9a-f]{64}$/.test(name)) {
    throw new Error(
      `expected image ${name} to be on the Docker engine, got none: an image id cannot be pulled, so build or load it first`,
    );
  }
  context.log("info", `pulling ${name}`, true);
  await request(`unable to pull image ${name}`, async (docker) => {
    const stream = await docker.pull(name.includes(":") || name.includes("@") ? name : `${name}:latest`, {
      abortSignal: context.signal,
    });
    await followed(stream);
  });
  const pulled = await inspectImage(name);
  if (pulled === undefined) throw new Error(`expected image ${name} after the pull, got none`);
  return pulled;
}

async function followed(stream: NodeJS.ReadableStream): Promise<void> {
  const docker = await connect();
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(stream, (error: Error | null) => (error === null ? resolve() : reject(error))),
  );
}

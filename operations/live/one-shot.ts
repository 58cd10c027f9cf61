import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";

export interface OneShot {
  /** Name of the container; one that is there under this name is removed first. */
  readonly name: string;
  readonly stack: string;
  /** Value of its label `switchback.role`. */
  readonly role: string;
  readonly image: string;
  readonly network: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Path to content; readable by whatever user it runs as. */
  readonly files?: Readonly<Record<string, string>>;
  readonly volumes?: readonly OneShotVolume[];
  /** Unset: the image's own. */
  readonly user?: string;
  /** Capabilities that it keeps; unset: none. */
  readonly capabilities?: readonly string[];
}

export interface OneShotVolume {
  readonly name: string;
  readonly path: string;
  readonly readOnly?: boolean;
}

export interface OneShotOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in a container of its own, which is removed. One that outlives this process ends by itself.
 * @throws when the container cannot be made, such as without its image; a non-zero exit is returned, not thrown
 */
export async function runOneShot(docker: Docker, shot: OneShot): Promise<OneShotOutput> {
  await removeOneShot(docker, shot.name);
  const container = await docker.createContainer({
    name: shot.name,
    Image: shot.image,
    Entrypoint: [shot.argv[0]!],
    Cmd: shot.argv.slice(1),
    Env: Object.entries(shot.env ?? {}).map(([key, value]) => `${key}=${value}`),
    Labels: { "switchback.stack": shot.stack, "switchback.role": shot.role },
    ...(shot.user !== undefined && { User: shot.user }),
    HostConfig: {
      NetworkMode: shot.network,
      CapDrop: ["ALL"],
      CapAdd: [...(shot.capabilities ?? [])],
      SecurityOpt: ["no-new-privileges"],
      Memory: 512 * 1024 * 1024,
      AutoRemove: true,
      Init: true,
      Mounts: (shot.volumes ?? []).map(({ name, path, readOnly = false }) => ({
        Type: "volume",
        Source: name,
        Target: path,
        ReadOnly: readOnly,
      })),
    } as Docker.HostConfig,
  });
  try {
    await upload(container, shot.files ?? {});
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const texts = Promise.all([text(stdout), text(stderr)]);
    docker.modem.demuxStream(stream, stdout, stderr);
    stream.once("end", () => {
      stdout.end();
      stderr.end();
    });
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    const [out, err] = await texts;
    return { exitCode: StatusCode, stdout: out, stderr: err };
  } finally {
    await removeOneShot(docker, shot.name);
  }
}

/** Removes a container and waits until its name is free; one that ended may be removing itself. */
export async function removeOneShot(docker: Docker, name: string): Promise<void> {
  const container = docker.getContainer(name);
  const gone = ignoring([404], container.wait({ condition: "removed" }));
  await ignoring([404, 409], container.remove({ force: true, v: true }));
  await gone;
}

async function ignoring(codes: readonly number[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!codes.includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
  }
}

async function upload(container: Docker.Container, files: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(files);
  if (entries.length === 0) return;
  const archive = pack();
  for (const [path, content] of entries) archive.entry({ name: path.replace(/^\//, ""), mode: 0o444 }, content);
  archive.finalize();
  await container.putArchive(archive as unknown as NodeJS.ReadableStream, { path: "/" });
}

async function text(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

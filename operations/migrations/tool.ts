import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";

export interface ToolCall {
  readonly stack: string;
  /** What it is for; one container per purpose and stack runs at a time. */
  readonly purpose: string;
  /** Image to run it in. */
  readonly image: string;
  readonly network: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Path to content; readable by the image's own user. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface ToolOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const toolName = (stack: string, purpose: string): string => `${stack}-migration-${purpose}`;

/**
 * Runs a command in a container of its own, which is removed.
 * @throws when the container cannot be made, such as without its image; a non-zero exit is returned, not thrown
 */
export async function runTool(docker: Docker, call: ToolCall): Promise<ToolOutput> {
  const name = toolName(call.stack, call.purpose);
  await remove(docker, name);
  const container = await docker.createContainer({
    name,
    Image: call.image,
    Entrypoint: [call.argv[0]!],
    Cmd: call.argv.slice(1),
    Env: Object.entries(call.env).map(([key, value]) => `${key}=${value}`),
    Labels: { "switchback.stack": call.stack, "switchback.role": "migration" },
    HostConfig: {
      NetworkMode: call.network,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Memory: 512 * 1024 * 1024,
      AutoRemove: true,
      Init: true,
    },
  });
  try {
    await upload(container, call.secrets);
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
    await remove(docker, name);
  }
}

/** Ends what an operation that died left running, whatever it was for. */
export async function removeTools(docker: Docker, stack: string): Promise<void> {
  const filters = { label: [`switchback.stack=${stack}`, "switchback.role=migration"] };
  const found = await docker.listContainers({ all: true, filters });
  await Promise.all(found.map(({ Id }) => remove(docker, Id)));
}

/** Removes a container and waits until its name is free; one that ended may be removing itself. */
async function remove(docker: Docker, name: string): Promise<void> {
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
  const archive = pack();
  for (const [path, content] of Object.entries(files))
    archive.entry({ name: path.replace(/^\//, ""), mode: 0o444 }, content);
  archive.finalize();
  await container.putArchive(archive as unknown as NodeJS.ReadableStream, { path: "/" });
}

async function text(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

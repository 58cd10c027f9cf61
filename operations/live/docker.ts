import Docker from "dockerode";
import { openShell, type Shell } from "./shell.ts";

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The Docker engine that DOCKER_HOST names, else the local socket. */
export const connect = (): Docker => new Docker();

/** Shells kept open for a run of many short commands, by engine and container. */
const shells = new WeakMap<Docker, Map<string, Shell>>();

/**
 * Runs `work` with a shell kept open in each of these containers: {@link exec} in them then costs no start. A container
 * that does not run has none.
 */
export async function withShells<T>(docker: Docker, containers: readonly string[], work: () => Promise<T>): Promise<T> {
  const opened = await Promise.allSettled(
    containers.map(async (name) => [name, await openShell(docker, name)] as const),
  );
  const open = new Map(opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
  shells.set(docker, open);
  try {
    return await work();
  } finally {
    shells.delete(docker);
    for (const shell of open.values()) shell.close();
  }
}

/**
 * Runs `argv` in a running container and returns what it printed.
 * @param stdin written to the program, then closed
 * @param user undefined: the container's own
 * @throws when the container does not run; a non-zero exit is returned, not thrown
 */
export async function exec(
  docker: Docker,
  container: string,
  argv: readonly string[],
  stdin?: string,
  user?: string,
): Promise<ExecResult> {
  const shell = user === undefined ? shells.get(docker)?.get(container) : undefined;
  if (shell && (stdin === undefined || stdin.endsWith("\n"))) return shell.run(argv, stdin);
  const command = await docker.getContainer(container).exec({
    Cmd: [...argv],
    ...(user !== undefined && { User: user }),
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await command.start({ hijack: true, stdin: stdin !== undefined });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    stream.once("end", resolve);
    stream.once("close", resolve);
    stream.once("error", reject);
  });
  docker.modem.demuxStream(stream, collector(stdout), collector(stderr));
  if (stdin !== undefined) stream.end(stdin);
  await ended;
  const { ExitCode } = await command.inspect();
  return {
    exitCode: ExitCode ?? -1,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

/** Runs `argv` like {@link exec} and returns its stdout. @throws when it exits non-zero, with its stderr */
export async function execOk(
  docker: Docker,
  container: string,
  argv: readonly string[],
  stdin?: string,
  user?: string,
): Promise<string> {
  const result = await exec(docker, container, argv, stdin, user);
  if (result.exitCode === 0) return result.stdout;
  throw new Error(
    `expected \`${argv[0]}\` in ${container} to succeed, got exit ${result.exitCode}: ${result.stderr.trim() || result.stdout.trim()}`,
  );
}

const collector = (chunks: Buffer[]) =>
  ({ write: (chunk: Buffer) => chunks.push(chunk) }) as unknown as NodeJS.WritableStream;

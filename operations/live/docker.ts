import Docker from "dockerode";

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The Docker engine that DOCKER_HOST names, else the local socket. */
export const connect = (): Docker => new Docker();

/**
 * Runs `argv` in a running container and returns what it printed.
 * @param stdin written to the program, then closed; a promise lets the program start before its input is known
 * @throws when the container does not run; a non-zero exit is returned, not thrown
 */
export async function exec(
  docker: Docker,
  container: string,
  argv: readonly string[],
  stdin?: string | Promise<string>,
): Promise<ExecResult> {
  const command = await docker.getContainer(container).exec({
    Cmd: [...argv],
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
  await Promise.all([ended, feed(stream, stdin)]);
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
): Promise<string> {
  const result = await exec(docker, container, argv, stdin);
  if (result.exitCode === 0) return result.stdout;
  throw new Error(
    `expected \`${argv[0]}\` in ${container} to succeed, got exit ${result.exitCode}: ${result.stderr.trim() || result.stdout.trim()}`,
  );
}

/** Ends the input also when there is none to come, so that the program ends too. */
async function feed(stream: NodeJS.WritableStream, stdin: string | Promise<string> | undefined): Promise<void> {
  if (stdin === undefined) return;
  try {
    stream.write(await stdin);
  } finally {
    stream.end();
  }
}

const collector = (chunks: Buffer[]) =>
  ({ write: (chunk: Buffer) => chunks.push(chunk) }) as unknown as NodeJS.WritableStream;

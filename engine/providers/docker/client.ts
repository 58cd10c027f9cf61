import type Docker from "dockerode";

let connection: Promise<Docker> | undefined;

/** The Docker engine that DOCKER_HOST names, else the local socket. Loaded on first use: a run without Docker resources pays nothing. */
export function connect(): Promise<Docker> {
  connection ??= import("dockerode").then(({ default: Client }) => new Client());
  return connection;
}

/** Runs a request; a failure becomes `<what>: <Docker's own sentence>`, without the secrets a request body may hold. */
export async function request<T>(what: string, action: (docker: Docker) => Promise<T>): Promise<T> {
  const docker = await connect();
  try {
    return await action(docker);
  } catch (error) {
    throw new Error(`${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Like {@link request}, but undefined when Docker answers that the thing does not exist. */
export async function requestIfExists<T>(what: string, action: (docker: Docker) => Promise<T>): Promise<T | undefined> {
  try {
    return await request(what, action);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Repeats a removal while Docker says that the thing is still in use, at most 30 seconds. */
export async function removeWhenFree(
  inUse: RegExp,
  remove: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      await remove();
      return;
    } catch (error) {
      if (!inUse.test(String(error)) || Date.now() > end || signal.aborted) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The HTTP status of Docker's refusal, also where {@link request} has wrapped it. */
export function statusOf(error: unknown): number | undefined {
  const { statusCode, cause } = (error ?? {}) as { statusCode?: number; cause?: unknown };
  return statusCode ?? (cause === undefined ? undefined : statusOf(cause));
}

function reasonOf(error: unknown): string {
  const { json, code, message } = error as { json?: { message?: string }; code?: string; message?: string };
  if (json?.message !== undefined) return `Error response from daemon: ${json.message}`;
  if (code === "ECONNREFUSED" || code === "ENOENT" || code === "EACCES") {
    const host = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
    return `the Docker engine at ${host} cannot be reached (${code}): start it, or set DOCKER_HOST`;
  }
  return message ?? String(error);
}

import type Docker from "dockerode";
import { exec } from "../live/docker.ts";
import type { FilesGoal } from "./goal.ts";

/** A process needs so long after its start before it takes a signal as it should: until then it would end it. */
const bootMilliseconds = 3000;
/** A process that does not bear its new files has ended by then. */
const settleMilliseconds = 500;
const attempts = 5;

/**
 * Makes a running container take its files. One that does not run takes them when it starts.
 * @throws when it refuses, or ends
 */
export async function reload(docker: Docker, { stack, container, reload: how }: FilesGoal): Promise<void> {
  if (!how) return;
  const before = await docker.getContainer(container).inspect();
  if (!before.State.Running) return;
  if ("signal" in how) {
    await sleep(Math.max(0, Date.parse(before.State.StartedAt) + bootMilliseconds - Date.now()));
    await docker.getContainer(container).kill({ signal: how.signal });
  } else if ("command" in how) {
    await command(docker, container, how.command);
  } else {
    await post(docker, `${stack}-router`, how.url);
  }
  await sleep(settleMilliseconds);
  const after = await docker.getContainer(container).inspect();
  if (after.State.Running && after.RestartCount === before.RestartCount) return;
  throw new Error(
    `expected ${container} to go on after the reload, got a process that ended; see \`docker logs ${container}\``,
  );
}

/** One that has just been started may not take it yet. */
async function command(docker: Docker, container: string, argv: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { exitCode, stdout, stderr } = await exec(docker, container, argv);
    if (exitCode === 0) return;
    if (attempt === attempts)
      throw new Error(
        `expected ${container} to take its files, got exit ${exitCode}: ${stderr.trim() || stdout.trim()}; see \`docker logs ${container}\``,
      );
    await sleep(1000);
  }
}

/** Asked from the router's container, which is in the platform network and has curl. */
async function post(docker: Docker, router: string, url: string): Promise<void> {
  const argv = ["curl", "-sS", "--fail-with-body", "--max-time", "10", "-X", "POST", url];
  for (let attempt = 1; ; attempt++) {
    const { exitCode, stdout, stderr } = await exec(docker, router, argv);
    if (exitCode === 0) return;
    // 7: nobody listens yet.
    if (exitCode !== 7 || attempt === attempts)
      throw new Error(`expected POST ${url} to be answered with 2xx, got: ${stdout.trim() || stderr.trim()}`);
    await sleep(1000);
  }
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

import type Docker from "dockerode";

/**
 * Stops containers that run; a dead one is left as it is.
 * @param seconds time that each gets for its last checkpoint
 */
export async function stopOthers(
  docker: Docker,
  containers: readonly string[],
  seconds: number,
  log: (line: string) => void,
): Promise<void> {
  await Promise.all(containers.map((container) => stop(docker, container, seconds, log)));
}

async function stop(docker: Docker, name: string, seconds: number, log: (line: string) => void): Promise<void> {
  const container = docker.getContainer(name);
  try {
    const { State } = await container.inspect();
    // One that is restarted again and again is between two lives.
    if (!State.Running && !State.Restarting) return;
    await container.stop({ t: seconds });
    log(`stopped ${name}; its volume stays`);
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== 404 && statusCode !== 304) throw error;
  }
}

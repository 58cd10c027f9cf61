import type Docker from "dockerode";

/** Time that PostgreSQL gets for its last checkpoint, unless its container says another one. */
const stopSeconds = 120;

/** Stops containers that run, each in its own time; a dead one is left as it is. */
export async function stopOthers(
  docker: Docker,
  containers: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  await Promise.all(containers.map((container) => stop(docker, container, log)));
}

async function stop(docker: Docker, name: string, log: (line: string) => void): Promise<void> {
  const container = docker.getContainer(name);
  try {
    const { State, Config } = await container.inspect();
    // One that is restarted again and again is between two lives.
    if (!State.Running && !State.Restarting) return;
    const { StopTimeout } = Config as { StopTimeout?: number };
    await container.stop({ t: StopTimeout ?? stopSeconds });
    log(`stopped ${name}; its volume stays`);
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== 404 && statusCode !== 304) throw error;
  }
}

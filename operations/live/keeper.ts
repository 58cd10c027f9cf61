import type Docker from "dockerode";

/** Image of every keeper: only its shell, coreutils and flock are used. */
export const keeperImage = "debian:trixie-slim";

export interface Keeper {
  /** Name of the container that holds the volume. */
  readonly name: string;
  /** Name of the volume, when it is not the keeper's own. */
  readonly volume?: string;
  readonly stack: string;
  /** Where the volume is mounted in the keeper. */
  readonly path: string;
}

/**
 * Makes sure that a volume exists and that a running container holds it, so that no prune takes it.
 * @throws when the name belongs to something that is not this stack's keeper
 */
export async function ensureKeeper(docker: Docker, keeper: Keeper): Promise<void> {
  const found = await inspect(docker, keeper.name);
  if (found) return revive(docker, keeper, found);
  const labels = { "switchback.stack": keeper.stack, "switchback.role": "keeper" };
  await docker.createVolume({ Name: keeper.volume ?? keeper.name, Labels: labels });
  try {
    const container = await docker.createContainer({
      name: keeper.name,
      Image: keeperImage,
      Cmd: ["sleep", "infinity"],
      Labels: labels,
      NetworkDisabled: true,
      HostConfig: {
        Mounts: [{ Type: "volume", Source: keeper.volume ?? keeper.name, Target: keeper.path }],
        Memory: 32 * 1024 * 1024,
        RestartPolicy: { Name: "unless-stopped" },
        SecurityOpt: ["no-new-privileges"],
        Init: true,
      } as Docker.HostConfig,
    });
    await container.start();
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404)
      throw new Error(`expected the image ${keeperImage} on the Docker engine, got none; run \`npm run setup\``);
    if (statusCode !== 409) throw error;
    await revive(docker, keeper, (await inspect(docker, keeper.name))!);
  }
}

async function revive(docker: Docker, keeper: Keeper, found: Docker.ContainerInspectInfo): Promise<void> {
  const { "switchback.stack": stack, "switchback.role": role } = found.Config.Labels;
  if (stack !== keeper.stack || role !== "keeper") {
    throw new Error(
      `expected the container ${keeper.name} to be the keeper of stack ${keeper.stack}, got one labelled stack=${stack ?? "none"}, role=${role ?? "none"}; rename or remove it`,
    );
  }
  if (found.State.Running) return;
  try {
    await docker.getContainer(found.Id).start();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 304) throw error;
  }
}

async function inspect(docker: Docker, name: string): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await docker.getContainer(name).inspect();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

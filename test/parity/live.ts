import Docker from "dockerode";

const docker = new Docker();

/** What matters of the running containers of a lab, by name without the prefix. */
export async function containersOf(prefix: string): Promise<Record<string, unknown>> {
  const found = await docker.listContainers({ all: true, filters: { label: [`switchback.parity=${prefix}`] } });
  const entries = await Promise.all(
    found.map(async ({ Id }) => {
      const { Name, State, Config, HostConfig, NetworkSettings } = await docker.getContainer(Id).inspect();
      const seen = {
        ...{ running: State.Running, image: Config.Image, cmd: Config.Cmd, user: Config.User },
        env: (Config.Env ?? []).filter((entry) => !entry.startsWith("PATH=")).sort(),
        ...{ memory: HostConfig.Memory, restart: HostConfig.RestartPolicy?.Name, mode: HostConfig.NetworkMode },
        ...{ mounts: HostConfig.Binds, ports: HostConfig.PortBindings, caps: HostConfig.CapDrop },
        networks: Object.keys(NetworkSettings.Networks).sort(),
        health: Config.Healthcheck ?? null,
      };
      return [Name, seen] as const;
    }),
  );
  const text = JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
  return JSON.parse(text.replaceAll(`/${prefix}-`, "").replaceAll(prefix, "PREFIX")) as Record<string, unknown>;
}

export const containerOf = (prefix: string, name: string) => docker.getContainer(`${prefix}-${name}`);

/** Removes every container, network and volume that a lab has made. */
export async function removeLeftovers(prefix: string): Promise<void> {
  const filters = { label: [`switchback.parity=${prefix}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
}

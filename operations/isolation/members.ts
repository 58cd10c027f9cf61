import type Docker from "dockerode";
import { isEvidence } from "./names.ts";
import type { IsolatedContainer } from "./record.ts";

/** A container of the stack, as it is now. */
export interface Member extends IsolatedContainer {
  readonly running: boolean;
  /** Volumes that it mounts, by name. */
  readonly volumes: readonly string[];
}

/** The router stays in its networks: nothing else is left there, and it has to answer that nothing gets in. */
const moved = ["service", "platform", "cache", "pooler", "database", "scheduler"];
const roles = [...moved, "router"];

export const isMoved = ({ role }: Pick<IsolatedContainer, "role">): boolean => moved.includes(role);

/** Every container of a stack that could be evidence; keepers and what runs for one operation are none. */
export async function listMembers(docker: Docker, stack: string): Promise<Member[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } });
  const members = found.filter(
    ({ Names, Labels }) =>
      roles.includes(Labels["switchback.role"] ?? "") && !isEvidence(stack, Names[0]?.slice(1) ?? ""),
  );
  const inspected = await Promise.all(members.map(({ Id }) => docker.getContainer(Id).inspect()));
  return inspected.map(toMember).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function toMember(found: Docker.ContainerInspectInfo): Member {
  const { Name, Id, Config, State, HostConfig, NetworkSettings, Mounts } = found;
  return {
    name: Name.slice(1),
    id: Id,
    role: Config.Labels["switchback.role"] ?? "",
    networks: Object.entries(NetworkSettings.Networks)
      .filter(([name]) => name !== "none")
      .map(([name, network]) => ({
        name,
        address: network.IPAMConfig?.IPv4Address ?? null,
        // Docker adds the beginning of the id by itself.
        aliases: ((network.Aliases as string[] | null) ?? []).filter((alias) => !Id.startsWith(alias)),
      })),
    restart: {
      name: HostConfig.RestartPolicy?.Name || "no",
      retries: HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    running: State.Running,
    paused: State.Paused,
    ports: Object.entries(NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) => {
      const [internal, protocol = "tcp"] = key.split("/");
      return (bindings ?? []).map(({ HostIp, HostPort }) => ({
        ...{ internal: Number(internal), external: Number(HostPort), ip: HostIp, protocol },
      }));
    }),
    volumes: Mounts.flatMap(({ Type, Name: volume }) => (Type === "volume" && volume ? [volume] : [])),
  };
}

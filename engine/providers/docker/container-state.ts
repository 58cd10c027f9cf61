import type { ContainerInspectInfo } from "dockerode";
import type { Props, Value } from "../../provider.ts";
import { formatDuration } from "./duration.ts";

const MiB = 1024 * 1024;

/**
 * What a read of the container says, property by property; what is left out (envs, labels, uploads, volumes, networks) is
 * not read back, as in the real provider: the image adds to some of it. `mustRun` false says that a container that must run does not.
 */
export function readBack(found: ContainerInspectInfo, state: Props): Props {
  const host = found.HostConfig as ContainerInspectInfo["HostConfig"] & Record<string, Value>;
  const config = found.Config as ContainerInspectInfo["Config"] & Record<string, Value>;
  const running = found.State.Running;
  const hasPorts = ((state.ports ?? []) as readonly Value[]).length > 0;
  return {
    ...(running ? {} : { exitCode: found.State.ExitCode, mustRun: false }),
    ...(hasPorts && (running || state.mustRun === true) ? { ports: ports(found) } : {}),
    ...(host.CapAdd?.length || host.CapDrop?.length
      ? { capabilities: { adds: (host.CapAdd ?? []) as string[], drops: (host.CapDrop ?? []) as string[] } }
      : {}),
    ...((state.ulimits as readonly Value[] | undefined)?.length ? { ulimits: ulimits(host.Ulimits) } : {}),
    ...((state.logOpts ?? null) === null ? {} : { logOpts: host.LogConfig?.Config ?? null }),
    ...(state.pidMode ? { pidMode: host.PidMode ?? null } : {}),
    ...(host.NanoCpus ? { cpus: String(host.NanoCpus / 1e9) } : {}),
    ...(config.Healthcheck
      ? { healthcheck: healthcheck(config.Healthcheck as unknown as Record<string, number>) }
      : {}),
    bridge: (found.NetworkSettings as { Bridge?: string }).Bridge ?? "",
    command: config.Cmd ?? [],
    cpuSet: host.CpusetCpus ?? "",
    cpuShares: host.CpuShares ?? 0,
    dns: host.Dns ?? null,
    dnsOpts: host.DnsOptions ?? null,
    dnsSearches: host.DnsSearch ?? null,
    domainname: config.Domainname,
    entrypoints: typeof config.Entrypoint === "string" ? [config.Entrypoint] : (config.Entrypoint ?? []),
    groupAdds: (host.GroupAdd as Value) ?? null,
    hostname: config.Hostname,
    hosts: (host.ExtraHosts ?? []).map((entry: string) => ({ host: entry.split(":")[0]!, ip: entry.split(":")[1]! })),
    image: String(state.image).startsWith("sha256:") ? found.Image : config.Image,
    init: host.Init ?? false,
    ipcMode: host.IpcMode ?? "",
    logDriver: host.LogConfig?.Type ?? "",
    maxRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    memory: mebibytes(host.Memory),
    memoryReservation: mebibytes(host.MemoryReservation),
    memorySwap: mebibytes(host.MemorySwap),
    mounts: ((host.Mounts ?? []) as unknown as Record<string, Props>[]).map(mount),
    name: found.Name.replace(/^\/+/, ""),
    networkDatas: networks(found),
    networkMode: host.NetworkMode ?? "",
    platform: found.Platform,
    privileged: host.Privileged ?? false,
    publishAllPorts: host.PublishAllPorts ?? false,
    readOnly: host.ReadonlyRootfs ?? false,
    restart: host.RestartPolicy?.Name ?? "no",
    rm: host.AutoRemove ?? false,
    runtime: (host.Runtime as string | undefined) ?? "",
    securityOpts: host.SecurityOpt ?? [],
    shmSize: mebibytes(host.ShmSize),
    stdinOpen: config.OpenStdin,
    stopSignal: (config.StopSignal as string | undefined) ?? "",
    stopTimeout: (config.StopTimeout as number | undefined) ?? 0,
    sysctls: (host.Sysctls as Value) ?? null,
    tmpfs: (host.Tmpfs as Value) ?? null,
    tty: config.Tty,
    user: config.User,
    usernsMode: (host.UsernsMode as string | undefined) ?? "",
    workingDir: config.WorkingDir,
  };
}

/** Docker keeps -1 for "unlimited"; everything else is bytes. */
const mebibytes = (bytes: number | undefined): number =>
  bytes !== undefined && bytes > 0 ? Math.floor(bytes / MiB) : (bytes ?? 0);

function ports(found: ContainerInspectInfo): Value[] {
  const entries = Object.entries(found.NetworkSettings.Ports ?? {});
  return entries
    .sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .flatMap(([key, bindings]) =>
      (bindings ?? []).map((binding) => ({
        external: Number(binding.HostPort),
        internal: Number.parseInt(key, 10),
        ip: binding.HostIp,
        protocol: key.split("/")[1] ?? "tcp",
      })),
    );
}

function networks(found: ContainerInspectInfo): Value[] {
  return Object.entries(found.NetworkSettings.Networks ?? {}).map(([networkName, network]) => ({
    gateway: network.Gateway,
    globalIpv6Address: network.GlobalIPv6Address,
    globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
    ipAddress: network.IPAddress,
    ipPrefixLength: network.IPPrefixLen,
    ipv6Gateway: network.IPv6Gateway,
    macAddress: network.MacAddress,
    networkName,
  }));
}

function mount({
  Type,
  Target,
  Source,
  ReadOnly,
  BindOptions,
  TmpfsOptions,
}: Record<string, Props | undefined>): Props {
  return {
    bindOptions: BindOptions ? { propagation: BindOptions.Propagation ?? "" } : null,
    readOnly: (ReadOnly as unknown as boolean | undefined) ?? false,
    source: (Source as unknown as string | undefined) ?? "",
    target: Target as unknown as string,
    tmpfsOptions: TmpfsOptions ? { mode: TmpfsOptions.Mode ?? 0, sizeBytes: TmpfsOptions.SizeBytes ?? 0 } : null,
    type: Type as unknown as string,
    volumeOptions: null,
  };
}

const ulimits = (value: unknown): Value =>
  ((value ?? []) as { Name: string; Soft: number; Hard: number }[]).map(({ Name, Soft, Hard }) => ({
    hard: Hard,
    name: Name,
    soft: Soft,
  }));

function healthcheck(found: Record<string, number>): Props {
  return {
    interval: formatDuration(found.Interval ?? 0),
    retries: found.Retries ?? 0,
    startInterval: formatDuration(found.StartInterval ?? 0),
    startPeriod: formatDuration(found.StartPeriod ?? 0),
    tests: (found.Test ?? []) as unknown as string[],
    timeout: formatDuration(found.Timeout ?? 0),
  };
}

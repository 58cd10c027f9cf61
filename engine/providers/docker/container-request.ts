import type { ContainerCreateOptions } from "dockerode";
import type { Props, Value } from "../../provider.ts";
import { parseDuration } from "./duration.ts";
import { labelMap } from "./labels.ts";

const MiB = 1024 * 1024;

/** The body of Docker's create request for checked inputs; the same request as the real provider makes. */
export function createRequest(inputs: Props): ContainerCreateOptions {
  const ports = objects(inputs.ports);
  const body = {
    name: inputs.name,
    Image: inputs.image,
    Hostname: inputs.hostname ?? "",
    Domainname: inputs.domainname ?? "",
    Tty: inputs.tty ?? false,
    OpenStdin: inputs.stdinOpen ?? false,
    StopSignal: inputs.stopSignal,
    StopTimeout: inputs.stopTimeout,
    Env: inputs.envs,
    Cmd: inputs.command,
    Entrypoint: inputs.entrypoints,
    User: inputs.user,
    WorkingDir: inputs.workingDir,
    ExposedPorts: ports.length === 0 ? undefined : Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    Volumes: Object.fromEntries(
      objects(inputs.volumes).flatMap((v) => (v.containerPath ? [[v.containerPath, {}]] : [])),
    ),
    Labels: labelMap(inputs.labels),
    Healthcheck: healthcheck(inputs.healthcheck),
    HostConfig: hostConfig(inputs, ports),
  };
  return body as unknown as ContainerCreateOptions;
}

/** The body of Docker's update request: what can change in a running container. */
export function updateRequest(inputs: Props) {
  return {
    RestartPolicy: restartPolicy(inputs),
    CpuShares: inputs.cpuShares ?? 0,
    CpusetCpus: inputs.cpuSet ?? "",
    Memory: mebibytes(inputs.memory) ?? 0,
    MemoryReservation: mebibytes(inputs.memoryReservation) ?? 0,
    MemorySwap: mebibytes(inputs.memorySwap),
  };
}

function hostConfig(inputs: Props, ports: readonly Props[]) {
  const volumes = objects(inputs.volumes);
  const capabilities = (inputs.capabilities ?? {}) as Props;
  const systemPaths = strings(inputs.securityOpts).includes("systempaths=unconfined");
  return {
    ...{ Privileged: inputs.privileged ?? false, PublishAllPorts: inputs.publishAllPorts ?? false },
    RestartPolicy: restartPolicy(inputs),
    Runtime: inputs.runtime,
    Mounts: objects(inputs.mounts).map(mount),
    ReadonlyRootfs: inputs.readOnly ?? false,
    LogConfig: { Type: inputs.logDriver ?? "", Config: inputs.logOpts },
    Tmpfs: inputs.tmpfs,
    PortBindings: ports.length === 0 ? undefined : portBindings(ports),
    ExtraHosts: objects(inputs.hosts).map(({ host, ip }) => `${String(host)}:${String(ip)}`),
    Binds: unlessEmpty(volumes.flatMap(bind)),
    VolumesFrom: volumes.flatMap((volume) => (volume.fromContainer ? [volume.fromContainer] : [])),
    Ulimits: objects(inputs.ulimits).map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    CapAdd: capabilities.adds,
    CapDrop: capabilities.drops,
    ...{ Dns: inputs.dns, DnsOptions: inputs.dnsOpts, DnsSearch: inputs.dnsSearches },
    SecurityOpt: strings(inputs.securityOpts).filter((option) => option !== "systempaths=unconfined"),
    ...(systemPaths ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    Memory: mebibytes(inputs.memory),
    MemoryReservation: mebibytes(inputs.memoryReservation),
    MemorySwap: mebibytes(inputs.memorySwap),
    ShmSize: mebibytes(inputs.shmSize),
    NanoCpus: inputs.cpus === undefined ? undefined : Math.round(Number(inputs.cpus) * 1e9),
    ...{ CpuShares: inputs.cpuShares, CpusetCpus: inputs.cpuSet },
    NetworkMode: inputs.networkMode,
    ...{ UsernsMode: inputs.usernsMode, PidMode: inputs.pidMode, IpcMode: inputs.ipcMode },
    Sysctls: inputs.sysctls,
    GroupAdd: inputs.groupAdds,
    CgroupParent: inputs.cgroupParent,
    Init: inputs.init ?? false,
  };
}

/** MiB to bytes; -1 stays -1, which is Docker's "unlimited". */
function mebibytes(value: Value | undefined): number | undefined {
  if (typeof value !== "number" || value === 0) return undefined;
  return value > 0 ? value * MiB : value;
}

const unlessEmpty = <T>(items: readonly T[]): readonly T[] | undefined => (items.length === 0 ? undefined : items);
const restartPolicy = (inputs: Props) => ({ Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount ?? 0 });
const portKey = (port: Props): string => `${String(port.internal)}/${String(port.protocol)}`;
const objects = (value: Value | undefined): readonly Props[] => (value ?? []) as readonly Props[];
const strings = (value: Value | undefined): readonly string[] => (value ?? []) as readonly string[];

function portBindings(ports: readonly Props[]) {
  const bindings: Record<string, object[]> = {};
  for (const port of ports) {
    bindings[portKey(port)] ??= [];
    bindings[portKey(port)]!.push({ HostIp: port.ip, HostPort: String(port.external ?? 0) });
  }
  return bindings;
}

function bind(volume: Props): string[] {
  const source = volume.hostPath || volume.volumeName;
  if (!source || volume.fromContainer) return [];
  const relabel = volume.selinuxRelabel ? `,${String(volume.selinuxRelabel)}` : "";
  return [`${String(source)}:${String(volume.containerPath)}:${volume.readOnly ? "ro" : "rw"}${relabel}`];
}

function mount({ type, target, source, readOnly, bindOptions, tmpfsOptions }: Props) {
  const bound = bindOptions as Props | undefined;
  const tmpfs = tmpfsOptions as Props | undefined;
  return {
    ...{ Type: type, Target: target, Source: source ?? "", ReadOnly: readOnly ?? false },
    ...(type === "bind" && bound ? { BindOptions: { Propagation: bound.propagation } } : {}),
    ...(type === "tmpfs" && tmpfs ? { TmpfsOptions: { SizeBytes: tmpfs.sizeBytes, Mode: tmpfs.mode } } : {}),
  };
}

function healthcheck(value: Value | undefined) {
  if (value === undefined) return undefined;
  const { tests, interval, timeout, startPeriod, startInterval, retries } = value as Props;
  const nanoseconds = (text: Value | undefined) => parseDuration(String(text ?? "0s"));
  return {
    Test: tests,
    Interval: nanoseconds(interval),
    Timeout: nanoseconds(timeout),
    StartPeriod: nanoseconds(startPeriod),
    StartInterval: nanoseconds(startInterval),
    Retries: retries ?? 0,
  };
}

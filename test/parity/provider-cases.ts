import type { Props } from "../../engine/provider.ts";

type Change = { readonly [key: string]: Props[string] | undefined };

/** A resource that is made for real, and changes of its inputs that are only diffed; undefined takes an input away. */
export interface Case {
  readonly title: string;
  readonly type: string;
  readonly inputs: Props;
  readonly changes: Readonly<Record<string, Change>>;
}

export const labels = [
  { label: "switchback.test", value: "parity" },
  { label: "switchback.parity", value: "PREFIX" },
];
const sleeping = { name: "PREFIX-c", image: "debian:trixie-slim", command: ["sleep", "infinity"], labels };
const uploads: readonly Props[] = [
  { file: "/etc/x", content: "hi" },
  { file: "/etc/y", contentBase64: "aGk=", executable: true },
  { file: "/etc/z", content: "hi", permissions: "0600" },
];
const full: Props = {
  ...sleeping,
  envs: ["B=2", "A=1"],
  ports: [{ internal: 79 }, { internal: 80, ip: "127.0.0.1" }],
  networksAdvanced: [{ name: "PREFIX-n1" }, { name: "PREFIX-n2", aliases: ["x"], ipv4Address: "SUBNET.5" }],
  volumes: [{ volumeName: "PREFIX-v", containerPath: "/data" }],
  mounts: [{ type: "tmpfs", target: "/scratch", tmpfsOptions: { sizeBytes: 1048576 } }],
  tmpfs: { "/run": "size=1m" },
  uploads,
  ...{ user: "1000:1000", workingDir: "/tmp", memory: 64, memorySwap: 64, restart: "on-failure", maxRetryCount: 3 },
  healthcheck: { tests: ["CMD", "true"], interval: "1m30s", retries: 2 },
  securityOpts: ["no-new-privileges"],
  capabilities: { drops: ["ALL"], adds: ["CAP_NET_BIND_SERVICE"] },
  ...{ init: true, stopSignal: "SIGTERM", stopTimeout: 5, destroyGraceSeconds: 1, hostname: "hh", cpuShares: 512 },
  ...{ logDriver: "json-file", logOpts: { "max-size": "1m" }, dns: ["1.1.1.1"], hosts: [{ host: "h", ip: "1.2.3.4" }] },
  ...{
    sysctls: { "net.core.somaxconn": "128" },
    ulimits: [{ name: "nofile", soft: 100, hard: 200 }],
    groupAdds: ["7"],
  },
};

export const cases: readonly Case[] = [
  {
    title: "a network",
    type: "docker:index/network:Network",
    inputs: {
      name: "PREFIX-n",
      internal: true,
      ipamConfigs: [{ subnet: "SUBNET.128/25", gateway: "SUBNET.129" }],
      labels,
    },
    changes: {
      "no configs": { ipamConfigs: undefined },
      subnet: { ipamConfigs: [{ subnet: "10.0.0.0/24" }] },
      "order of labels": { labels: [...labels].reverse() },
      labels: { labels: labels.slice(1) },
      "internal left out": { internal: undefined },
      name: { name: "other" },
      attachable: { attachable: true },
      options: { options: { a: "b" } },
    },
  },
  {
    title: "a volume",
    type: "docker:index/volume:Volume",
    inputs: { name: "PREFIX-w", labels },
    changes: {
      name: { name: "x" },
      labels: { labels: [] },
      driver: { driver: "x" },
      driverOpts: { driverOpts: { a: "b" } },
    },
  },
  {
    title: "an image",
    type: "docker:index/remoteImage:RemoteImage",
    inputs: { name: "debian:trixie-slim", keepLocally: true },
    changes: { keep: { keepLocally: false }, name: { name: "x" }, triggers: { pullTriggers: ["a"] } },
  },
  {
    title: "a container with nothing special",
    type: "docker:index/container:Container",
    inputs: sleeping,
    changes: {
      ...{ image: { image: "x" }, command: { command: ["sleep", "1"] }, "no command": { command: undefined } },
      ...{ envs: { envs: ["A=1"] }, ports: { ports: [{ internal: 80 }] }, mode: { networkMode: "host" } },
      ...{ networks: { networksAdvanced: [{ name: "x" }] }, memory: { memory: 64 }, restart: { restart: "always" } },
      ...{
        wait: { wait: true },
        grace: { destroyGraceSeconds: 3 },
        health: { healthcheck: { tests: ["CMD", "true"] } },
      },
      ...{ start: { start: false }, mustRun: { mustRun: false }, tmpfs: { tmpfs: { "/x": "" } }, init: { init: true } },
      ...{ user: { user: "1" }, "no user": { user: "" }, readOnly: { readOnly: true }, hostname: { hostname: "x" } },
      ...{ "no labels": { labels: undefined }, labels: { labels: [] }, tty: { tty: true }, cpus: { cpus: "0.5" } },
      ...{
        uploads: { uploads: [{ file: "/x", content: "a" }] },
        privileged: { privileged: true },
        shm: { shmSize: 32 },
      },
      ...{ mounts: { mounts: [{ type: "tmpfs", target: "/y" }] }, ipc: { ipcMode: "host" }, pid: { pidMode: "host" } },
    },
  },
  {
    title: "a container with almost everything",
    type: "docker:index/container:Container",
    inputs: full,
    changes: {
      ...{ "order of envs": { envs: ["A=1", "B=2"] }, "no ports": { ports: undefined }, memory: { memory: 32 } },
      "a port": { ports: [{ internal: 79 }, { internal: 80, ip: "127.0.0.1", external: 1 }] },
      "order of networks": { networksAdvanced: [...(full.networksAdvanced as Props[])].reverse() },
      address: {
        networksAdvanced: [{ name: "PREFIX-n1" }, { name: "PREFIX-n2", aliases: ["x"], ipv4Address: "SUBNET.6" }],
      },
      ...{ "an upload less": { uploads: uploads.slice(1) }, "no memory": { memory: undefined } },
      ...{ "no swap": { memorySwap: undefined }, "no restart": { restart: undefined, maxRetryCount: undefined } },
      ...{ "other health": { healthcheck: { tests: ["CMD", "false"] } }, "no health": { healthcheck: undefined } },
      ...{ "90s": { healthcheck: { tests: ["CMD", "true"], interval: "90s", retries: 2 } } },
      ...{ "no options": { securityOpts: undefined }, "no capabilities": { capabilities: undefined } },
      ...{
        "no volumes": { volumes: undefined },
        "no grace": { destroyGraceSeconds: undefined },
        "no tmpfs": { tmpfs: {} },
      },
      ...{ "no logOpts": { logOpts: undefined }, "no sysctls": { sysctls: undefined }, "no init": { init: undefined } },
      ...{ "no user": { user: undefined }, "no shares": { cpuShares: undefined }, init: { init: false } },
    },
  },
];

import { randomBytes, randomInt } from "node:crypto";
import type Docker from "dockerode";
import type { IsolationGoal } from "../../../operations/isolation/goal.ts";
import { runIsolation } from "../../../operations/isolation/operation.ts";
import { connect, execOk } from "../../../operations/live/docker.ts";
import { appendJournal } from "../../../operations/live/journal.ts";
import { keeperImage } from "../../../operations/live/keeper.ts";
import { ensureRecords } from "../../../operations/live/records.ts";
import { removeLabelled } from "../../../scripts/leftovers.ts";

export const docker = connect();

export interface Rig {
  readonly stack: string;
  readonly subnet: (part: number) => string;
  /** Lines that the last run logged. */
  readonly lines: string[];
  run(goal: Pick<IsolationGoal, "state"> & { clearance?: object }, onLine?: (line: string) => void): Promise<unknown>;
  inspect(name: string): Promise<Docker.ContainerInspectInfo>;
  cleanup(): Promise<void>;
}

/**
 * Containers as a stack has them, each only a shell that sleeps: a service with a volume, a cache in both networks, a
 * database, a scheduler without a network and a router with a port.
 */
export async function makeRig(): Promise<Rig> {
  const stack = `isolation-${randomBytes(3).toString("hex")}`;
  const second = randomInt(200, 250);
  const third = 4 * randomInt(0, 64);
  const subnet = (part: number) => `10.${second}.${third + part}`;
  const label = { "switchback.stack": stack };
  await ensureRecords(docker, stack);
  for (const [part, name] of ["blue", "platform"].entries())
    await docker.createNetwork({
      Name: `${stack}-${name}`,
      Labels: label,
      IPAM: { Driver: "default", Config: [{ Subnet: `${subnet(part)}.0/24` }] },
    });
  for (const name of ["web-files", "database-initial"])
    await docker.createVolume({ Name: `${stack}-${name}`, Labels: label });
  const at = (part: number, host: number) => ({ IPAMConfig: { IPv4Address: `${subnet(part)}.${host}` } });
  const start = async (name: string, role: string, networks: readonly [string, object][], host: object = {}) => {
    const [first, ...others] = networks;
    const container = await docker.createContainer({
      name: `${stack}-${name}`,
      Image: keeperImage,
      Cmd: ["sh", "-c", "echo $$ ready; exec sleep 3600"],
      Labels: { ...label, "switchback.role": role },
      HostConfig: {
        Init: true,
        RestartPolicy: { Name: "unless-stopped" },
        NetworkMode: first ? `${stack}-${first[0]}` : "none",
        ...host,
      },
      ...(first && { NetworkingConfig: { EndpointsConfig: { [`${stack}-${first[0]}`]: first[1] } } }),
    } as Docker.ContainerCreateOptions);
    for (const [network, EndpointConfig] of others)
      await docker.getNetwork(`${stack}-${network}`).connect({ Container: container.id, EndpointConfig });
    await container.start();
  };
  const volume = (name: string, path: string) => ({
    Mounts: [{ Type: "volume", Source: `${stack}-${name}`, Target: path }],
  });
  await start("blue-web-1", "service", [["blue", { ...at(0, 16), Aliases: ["web"] }]], volume("web-files", "/files"));
  await start("cache", "cache", [
    ["blue", { ...at(0, 5), Aliases: ["cache"] }],
    ["platform", { ...at(1, 5), Aliases: ["cache"] }],
  ]);
  await start("database-initial", "database", [["platform", at(1, 8)]], volume("database-initial", "/data"));
  await start("scheduler", "scheduler", [], volume("database-initial", "/data"));
  await start("router", "router", [["blue", at(0, 2)]], { PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1" }] } });
  await execOk(docker, `${stack}-blue-web-1`, [
    "sh",
    "-c",
    "echo precious > /files/a; chmod 400 /files/a; echo x > /tmp/dropped",
  ]);
  const lines: string[] = [];
  let epoch = 0;
  return {
    stack,
    subnet,
    lines,
    async run(goal, onLine) {
      lines.length = 0;
      epoch += 1;
      const log = (line: string) => {
        lines.push(line);
        onLine?.(line);
      };
      return runIsolation({
        docker,
        goal: { stack, ...goal } as IsolationGoal,
        epoch: `e${epoch}`,
        reason: "a drill",
        actor: "tester",
        journal: (entry) => appendJournal(docker, stack, entry),
        log,
      });
    },
    inspect: (name) => docker.getContainer(`${stack}-${name}`).inspect(),
    cleanup: async () => void (await removeLabelled(docker, [`switchback.stack=${stack}`])),
  };
}

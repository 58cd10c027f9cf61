import { randomBytes, randomInt } from "node:crypto";
import { pack } from "tar-stream";
import { connect, execOk } from "../../../operations/live/docker.ts";

export const docker = connect();
export const databaseImage = "switchback/database:1";

/** A database container without Pulumi, on a network of its own. */
export interface Rig {
  readonly stack: string;
  readonly container: string;
  readonly network: string;
  /** First three bytes of the network's addresses. */
  readonly prefix: string;
  readonly address: string;
  sh(container: string, script: string): Promise<string>;
  remove(): Promise<void>;
}

export interface RigOptions {
  /** Options of the backup volume, such as a small tmpfs. */
  readonly backups?: Record<string, string>;
  /** pgBackRest's options of another repository. */
  readonly repository?: string;
  /** Runs once the network is there, before the database starts. */
  readonly before?: (place: { readonly stack: string; readonly network: string }) => Promise<void>;
}

export async function createRig(options: RigOptions = {}): Promise<Rig> {
  const stack = `db${randomBytes(4).toString("hex")}`;
  const prefix = `10.${randomInt(200, 251)}.${randomInt(0, 256)}`;
  const labels = { "switchback.test": "database", "switchback.stack": stack };
  const network = `${stack}-platform`;
  await docker.createNetwork({
    Name: network,
    Labels: labels,
    IPAM: { Driver: "default", Config: [{ Subnet: `${prefix}.0/24`, Gateway: `${prefix}.1` }] },
  });
  await options.before?.({ stack, network });
  const name = `${stack}-database-initial`;
  const volumes = [
    { name, options: {}, path: "/var/lib/postgresql/data" },
    { name: `${stack}-backups`, options: options.backups ?? {}, path: "/var/lib/pgbackrest" },
  ];
  for (const volume of volumes)
    await docker.createVolume({ Name: volume.name, Labels: labels, DriverOpts: volume.options });
  const container = await docker.createContainer({
    name,
    Image: databaseImage,
    Labels: labels,
    Env: ["SWITCHBACK_GENERATION=initial"],
    HostConfig: {
      NetworkMode: network,
      Init: true,
      Memory: 512 * 1024 * 1024,
      SecurityOpt: ["no-new-privileges"],
      RestartPolicy: { Name: "unless-stopped" },
      Binds: volumes.map((volume) => `${volume.name}:${volume.path}`),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: `${prefix}.16` } } } },
  });
  if (options.repository) {
    const files = pack();
    files.entry({ name: "etc/pgbackrest/conf.d/repository.conf" }, options.repository);
    files.finalize();
    await container.putArchive(files as unknown as NodeJS.ReadableStream, { path: "/" });
  }
  await container.start();
  const sh = (at: string, script: string) => execOk(docker, at, ["sh", "-euc", script]);
  await untilReady(name, sh);
  return {
    stack,
    container: name,
    network,
    prefix,
    address: `${prefix}.16`,
    sh,
    remove: () => removeStack(stack),
  };
}

export async function untilReady(
  container: string,
  sh: (container: string, script: string) => Promise<string>,
): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    const ready = await sh(container, "pg_isready -q -h /run/postgresql").then(
      () => true,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`expected PostgreSQL in ${container} to answer within 30 s`);
}

/** Removes everything that carries the stack's label. */
export async function removeStack(stack: string): Promise<void> {
  const filters = { label: [`switchback.stack=${stack}`] };
  const ignore = () => {};
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker.getContainer(Id).remove({ force: true, v: true }).catch(ignore);
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove().catch(ignore);
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) as never });
  for (const { Name } of Volumes) await docker.getVolume(Name).remove().catch(ignore);
}

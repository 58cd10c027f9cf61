import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

/**
 * Removes the containers, networks and volumes that carry every one of the labels (`key` or `key=value`), whoever
 * made them, until a look finds none: a request of a program that was just killed may still be on its way.
 * @throws when something cannot be removed
 */
export async function removeLabelled(docker: Docker, labels: readonly string[]): Promise<number> {
  let removed = 0;
  for (let found = await removeFound(docker, labels); found > 0; found = await removeFound(docker, labels)) {
    removed += found;
    await sleep(200);
  }
  return removed;
}

const owned = ["switchback.stack", "switchback.test", "switchback.bench"];

/** Names of everything on the engine that a stack, a test or a bench of Switchback made. */
export async function takeInventory(docker: Docker): Promise<ReadonlySet<string>> {
  const lists = await Promise.all(owned.map((label) => listed(docker, label)));
  return new Set(lists.flat().map(({ name }) => name));
}

/** Removes what came since the inventory was taken. @returns the names of what was removed */
export async function removeNewSince(docker: Docker, inventory: ReadonlySet<string>): Promise<string[]> {
  const isNew = ({ name }: Listed) => !inventory.has(name);
  const found = (await Promise.all(owned.map((label) => listed(docker, label)))).flat().filter(isNew);
  for (const { label } of found) await removeLabelled(docker, [label]);
  return found.map(({ name }) => name);
}

interface Listed {
  readonly name: string;
  /** The label with its value, which its stack or test has alone. */
  readonly label: string;
}

async function listed(docker: Docker, label: string): Promise<Listed[]> {
  const filters = { label: [label] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names, Labels }) => ({ name: Names[0]?.slice(1) ?? "", label: `${label}=${Labels[label]}` })),
    ...networks.map(({ Name, Labels }) => ({ name: Name, label: `${label}=${Labels?.[label]}` })),
    ...(volumes.Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, label: `${label}=${Labels[label]}` })),
  ];
}

async function removeFound(docker: Docker, labels: readonly string[]): Promise<number> {
  const filters = { label: [...labels] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => gone(docker.getContainer(Id).remove({ force: true, v: true }))));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => gone(docker.getNetwork(Id).remove())));
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  await Promise.all((volumes ?? []).map(({ Name }) => gone(docker.getVolume(Name).remove({ force: true }))));
  return containers.length + networks.length + (volumes ?? []).length;
}

async function gone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const status = (error as { statusCode?: number }).statusCode;
    const message = error instanceof Error ? error.message : String(error);
    if (status !== 404 && !message.includes("already in progress")) throw error;
  }
}

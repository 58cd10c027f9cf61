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

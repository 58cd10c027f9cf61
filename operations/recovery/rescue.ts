import type Docker from "dockerode";
import { pgbackrest } from "../database/backups.ts";
import type { Repository } from "../database/repository.ts";
import { readLogs } from "../live/logs.ts";
import type { RestoreGoal } from "./goal.ts";

/**
 * Copies the WAL that a dead source has not handed to its repository into the volume of the new generation, by a one-shot
 * container that has the old volume read-only. Run again it begins anew.
 * @returns names of the segments, in order
 * @throws when they cannot be read
 */
export async function rescueTail(docker: Docker, goal: RestoreGoal): Promise<string[]> {
  const { stack, container, source } = goal;
  if (!(await hasVolume(docker, source.container))) return [];
  const info = await pgbackrest(docker, container, source.generation, ["--output=json", "info"]);
  const last = (JSON.parse(info) as Repository)[0]?.archive.at(-1)?.max ?? "";
  const { Image } = await docker.getContainer(container).inspect();
  const name = `${container}-rescue`;
  await remove(docker, name);
  const oneShot = await docker.createContainer({
    name,
    Image,
    Entrypoint: ["switchback-rescue-wal"],
    Cmd: [source.timeline.toString(16).toUpperCase().padStart(8, "0"), last],
    Labels: { "switchback.stack": stack, "switchback.role": "rescue" },
    NetworkDisabled: true,
    HostConfig: {
      Mounts: [
        // The volume of a generation has the name of its container.
        { Type: "volume", Source: source.container, Target: "/source", ReadOnly: true },
        { Type: "volume", Source: container, Target: "/var/lib/postgresql/data" },
      ],
      SecurityOpt: ["no-new-privileges"],
      Init: true,
    },
  });
  try {
    await oneShot.start();
    const { StatusCode } = await oneShot.wait();
    if (StatusCode === 0) return (await readLogs(oneShot, { stdout: true })).split("\n").filter((line) => line !== "");
    throw new Error(
      `expected to copy the last WAL of ${source.generation} from the volume ${source.container}, got: ${(await readLogs(oneShot, { stderr: true })).trim() || `exit ${StatusCode}`}; make room on the Docker host, then run \`up\` again`,
    );
  } finally {
    await remove(docker, name);
  }
}

async function hasVolume(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getVolume(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

async function remove(docker: Docker, name: string): Promise<void> {
  try {
    await docker.getContainer(name).remove({ force: true, v: true });
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
}

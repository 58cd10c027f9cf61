import type Docker from "dockerode";
import { type FileVolume, mountOf } from "../../stacks/file-volumes.ts";
import { readFileIn } from "../files/container-files.ts";
import { type OneShotOutput, type OneShotVolume, runOneShot } from "../live/one-shot.ts";
import type { BackupGoal } from "./goal.ts";
import type { SavedFiles } from "./point.ts";

const repositoryConf = "/etc/pgbackrest/conf.d/repository.conf";

/**
 * Saves the files of the services' volumes beside the backups of the database. It costs what has changed since they were
 * saved last, and no more than its time: after it a volume stands on what was saved last, if that is young enough.
 * @throws when a volume could not be saved, with what the tool said
 */
export async function saveFiles(docker: Docker, goal: BackupGoal, log: (line: string) => void): Promise<SavedFiles[]> {
  const { stack, container, fileSeconds, maxAgeHours } = goal;
  const volumes = await existing(docker, goal.files);
  if (volumes.length === 0) return [];
  const output = await runFiles(docker, {
    stack,
    container,
    argv: ["save", `${fileSeconds}`],
    volumes: [
      ...volumes.map((volume) => ({ name: volume.name, path: mountOf(volume), readOnly: true })),
      { name: await backupVolume(docker, container), path: "/var/lib/pgbackrest" },
    ],
  });
  if (output.exitCode !== 0)
    throw new Error(
      `${said(output)}; nothing has moved. Make room or time for it (database.backup.fileSeconds), or leave a volume out: services.<name>.volumes.<volume>.backup`,
    );
  return output.stdout
    .trim()
    .split("\n")
    .map((line) => {
      const { late, ...saved } = JSON.parse(line) as SavedFiles & { readonly late: boolean };
      if (late) checkAge(saved, fileSeconds, maxAgeHours, log);
      return saved;
    });
}

export interface FilesCall {
  readonly stack: string;
  /** Container of a database or scheduler, running or not, from which image and repository are taken. */
  readonly container: string;
  readonly argv: readonly string[];
  readonly volumes: readonly OneShotVolume[];
}

/** Runs `switchback-files` in a container of its own, without a network. */
export async function runFiles(docker: Docker, { stack, container, argv, volumes }: FilesCall): Promise<OneShotOutput> {
  const { Image } = await docker.getContainer(container).inspect();
  const conf = await readFileIn(docker, container, repositoryConf);
  return runOneShot(docker, {
    name: `${stack}-files-${argv[0]}`,
    stack,
    role: "files",
    image: Image,
    network: "none",
    argv: ["switchback-files", ...argv],
    user: "0",
    // The files belong to whoever wrote them.
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD"],
    ...(conf !== undefined && { files: { [repositoryConf]: conf } }),
    volumes,
  });
}

/** What the tool said last, which is why it failed. */
export const said = ({ stderr, stdout, exitCode }: OneShotOutput): string =>
  (stderr.trim() || stdout.trim())
    .split("\n")
    .at(-1)
    ?.replace(/^switchback-files: /, "") || `exit ${exitCode}`;

/** The volume of backups that a container has. @throws when it has none */
export async function backupVolume(docker: Docker, container: string): Promise<string> {
  const { Mounts } = await docker.getContainer(container).inspect();
  const name = Mounts.find(({ Destination }) => Destination === "/var/lib/pgbackrest")?.Name;
  if (name) return name;
  throw new Error(`expected ${container} to have the volume of backups, got none; run \`up\``);
}

/** One that this run makes has nothing to be saved; mounting it would make it without its labels. */
async function existing(docker: Docker, volumes: readonly FileVolume[]): Promise<FileVolume[]> {
  const found = await Promise.all(
    volumes.map(async (volume) => {
      try {
        await docker.getVolume(volume.name).inspect();
        return [volume];
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** @throws when the last copy is too old to stand on */
function checkAge(saved: SavedFiles, seconds: number, maxAgeHours: number, log: (line: string) => void): void {
  const { service, volume, at } = saved;
  const hours = (Date.now() - Date.parse(at)) / 3_600_000;
  if (hours <= maxAgeHours) {
    log(
      `the files of ${service}/${volume} were not saved within ${seconds} s; the point has them as they were at ${at}`,
    );
    return;
  }
  throw new Error(
    `expected to save the files of ${service}/${volume} within ${seconds} s, or a copy of at most ${maxAgeHours} h, got one of ${hours.toFixed(1)} h; nothing has moved. Give it more time (database.backup.fileSeconds), or leave the volume out: services.${service}.volumes.${volume}.backup`,
  );
}

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { connect } from "../../operations/live/docker.ts";
import { followed } from "./progress.ts";
import { canInstall, has, run } from "./run.ts";
import { SetupError, type Step } from "./step.ts";

const repository = "debian";
const tag = "trixie-slim";
const name = `${repository}:${tag}`;
const pullSeconds = 300;
const mirror = process.env.SWITCHBACK_DEBIAN_MIRROR || "http://deb.debian.org/debian";
const workPrefix = "/var/tmp/switchback-base-";

/** The image that every image of the project is made from. */
export const baseImage: Step = {
  name: `base image ${name}`,
  check: async () => {
    const id = await imageId(connect(), name);
    return id ? { done: true, detail: shortId(id) } : { done: false, detail: "not there" };
  },
  plan: "pull it, or make it with debootstrap where no registry answers",
  run: async (say) => {
    const docker = connect();
    try {
      say(`pulling ${name}`);
      await pull(docker);
    } catch (error) {
      say(`could not pull: ${(error as Error).message}`);
      await bootstrap(docker, name, say);
    }
  },
};

/** Id of the image behind a reference, or undefined. */
export async function imageId(docker: Docker, reference: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(reference).inspect()).Id;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

export const shortId = (id: string): string => id.replace("sha256:", "").slice(0, 12);

async function pull(docker: Docker): Promise<void> {
  const stream = await docker.pull(name);
  const late = sleep(pullSeconds * 1000, undefined, { ref: false }).then(() => {
    (stream as unknown as { destroy(): void }).destroy();
    throw new Error(`no image after ${pullSeconds} s`);
  });
  await Promise.race([followed(docker, stream), late]);
}

/** Makes a minimal Debian from its package mirror and imports it as `reference`. */
export async function bootstrap(docker: Docker, reference: string, say: (line: string) => void): Promise<void> {
  if (!canInstall()) {
    throw new SetupError(
      `expected to pull ${name}, or to be root on a Debian family system and make it; run \`docker pull ${name}\` where a registry answers, or this as root`,
    );
  }
  if (!has("debootstrap")) {
    say("apt-get install debootstrap");
    await run("apt-get", ["update", "-q"], () => {});
    await run("apt-get", ["install", "--yes", "-q", "--no-install-recommends", "debootstrap"], () => {});
  }
  sweep();
  const work = mkdtempSync(`${workPrefix}${process.pid}-`);
  const stop = () => {
    remove(work);
    process.exit(130);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    say(`debootstrap trixie from ${mirror}: about a minute`);
    await run("debootstrap", ["--variant=minbase", "trixie", work, mirror], progress(say));
    say("importing");
    await importFolder(docker, work, reference);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    remove(work);
  }
}

function progress(say: (line: string) => void): (line: string) => void {
  let packages = 0;
  return (line) => {
    if (/^I: (Unpacking|Configuring) /.test(line) && ++packages % 50 === 0)
      say(`${packages} packages unpacked or set up`);
    if (/^[EW]: /.test(line)) say(line);
  };
}

async function importFolder(docker: Docker, folder: string, reference: string): Promise<void> {
  const left = ["./var/cache/apt/archives/*.deb", "./var/lib/apt/lists/*", "./var/cache/apt/*.bin"];
  const excludes = left.flatMap((path) => ["--exclude", path]);
  const tar = spawn("tar", ["-C", folder, ...excludes, "--numeric-owner", "-cf", "-", "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [repo, tagged] = reference.split(":");
  const stream = await docker.importImage(tar.stdout, { repo, tag: tagged, changes: 'CMD ["bash"]' });
  await followed(docker, stream);
}

/** Removes what a killed run left. */
function sweep(): void {
  for (const entry of readdirSync("/var/tmp")) {
    const path = `/var/tmp/${entry}`;
    const pid = path.startsWith(workPrefix) && Number.parseInt(path.slice(workPrefix.length), 10);
    if (pid && !existsSync(`/proc/${pid}`)) remove(path);
  }
}

function remove(folder: string): void {
  // An interrupted debootstrap may have left /proc mounted in there, which must not be emptied.
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  if (mounts.some((line) => line.split(" ")[1]?.startsWith(`${folder}/`))) return;
  rmSync(folder, { recursive: true, force: true });
}

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "../../operations/live/docker.ts";
import { readLogs } from "../../operations/live/logs.ts";
import { createVolumeAt } from "../../scripts/bench/volumes.ts";
import { canInstall, has, run } from "../../scripts/setup/run.ts";

/** A filesystem whose files can share blocks, in a file of this machine, on which Docker's volumes can lie. */
export interface SharedBlocks {
  readonly root: string;
  /** Makes a volume on it for a stack, which carries its label. */
  volume(stack: string, name: string): Promise<void>;
  /** Unmounts it. What was on it must have been removed. */
  remove(): void;
}

/** Makes an XFS with reflink. @returns why there can be none here, as text: such a test is skipped, and says so */
export async function mountSharedBlocks(bytes = 3e9): Promise<SharedBlocks | string> {
  if (process.getuid?.() !== 0) return "only root mounts a filesystem";
  const docker = connect();
  if (!has("mkfs.xfs")) {
    if (!canInstall()) return "there is no mkfs.xfs";
    try {
      await run("apt-get", ["install", "--yes", "-q", "--no-install-recommends", "xfsprogs"], () => {});
    } catch (error) {
      return `xfsprogs could not be installed: ${(error as Error).message}`;
    }
  }
  const folder = mkdtempSync(path.join(tmpdir(), "switchback-xfs-"));
  const root = path.join(folder, "root");
  const quietly = (program: string, ...argv: string[]) => execFileSync(program, argv, { stdio: "pipe" });
  const remove = () => {
    quietly("umount", "--lazy", root);
    rmSync(folder, { recursive: true });
  };
  try {
    quietly("truncate", "--size", `${bytes}`, path.join(folder, "disk"));
    quietly("mkfs.xfs", "-q", "-m", "reflink=1", path.join(folder, "disk"));
    mkdirSync(root);
    quietly("mount", "-o", "loop", path.join(folder, "disk"), root);
  } catch (error) {
    rmSync(folder, { recursive: true });
    return `no XFS in a file can be mounted: ${(error as Error).message.trim().split("\n").at(-1)}`;
  }
  if ((await seenByDocker(root)) === "xfs")
    return { root, remove, volume: (stack, name) => createVolumeAt({ docker, root, stack }, name) };
  remove();
  return "the Docker engine does not see what this process mounts";
}

/** Type of the filesystem that the engine finds there. */
async function seenByDocker(root: string): Promise<string> {
  const docker = connect();
  const name = path.basename(path.dirname(root));
  await createVolumeAt({ docker, root, stack: name }, name);
  const labels = { "switchback.test": "shared-blocks", "switchback.stack": name };
  const Mounts = [{ Type: "volume" as const, Source: name, Target: "/data", ReadOnly: true }];
  const container = await docker.createContainer({
    Image: "debian:trixie-slim",
    Cmd: ["df", "--output=fstype", "/data"],
    Labels: labels,
    NetworkDisabled: true,
    HostConfig: { Mounts } as object,
  });
  try {
    await container.start();
    await container.wait();
    return (await readLogs(container, { stdout: true })).trim().split("\n").at(-1)!;
  } finally {
    await container.remove({ force: true });
    await docker.getVolume(name).remove();
  }
}

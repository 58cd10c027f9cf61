import { mkdirSync } from "node:fs";
import path from "node:path";
import type Docker from "dockerode";

/** Where volumes lie that Docker would put elsewhere: a folder of a filesystem on the engine's own machine. */
export interface VolumeRoot {
  readonly docker: Docker;
  readonly root: string;
  /** Stack whose label they carry. */
  readonly stack: string;
}

/** Makes a volume before a stack needs it, which takes it as it is. Removing it leaves its folder. */
export async function createVolumeAt({ docker, root, stack }: VolumeRoot, name: string): Promise<void> {
  const device = path.join(path.resolve(root), name);
  mkdirSync(device, { recursive: true });
  await docker.createVolume({
    Name: name,
    Driver: "local",
    DriverOpts: { type: "none", o: "bind", device },
    Labels: { "switchback.stack": stack, "switchback.role": "volume" },
  });
}

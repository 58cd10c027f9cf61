import type { ResourceProvider } from "../provider.ts";
import { command } from "./command/command.ts";
import { container } from "./docker/container.ts";
import { network } from "./docker/network.ts";
import { remoteImage } from "./docker/remote-image.ts";
import { volume } from "./docker/volume.ts";

/** Every resource type that the embedded engine can manage; another one is refused by its name. */
export const providers = (): ResourceProvider[] => [network, volume, container, remoteImage, command];

import { createHash } from "node:crypto";
import type Docker from "dockerode";
import { exec } from "../live/docker.ts";

/** SHA-256, in hex, of an nginx configuration, as {@link readRouter} reports the installed one. */
export const configHash = (nginxConf: string): string => createHash("sha256").update(nginxConf).digest("hex");

/**
 * Installs a structural configuration: `nginx -t` on the new one, replaced in one step, reloaded, new workers awaited.
 * @throws with nginx's own words when it refuses; the old one still serves
 */
export async function install(docker: Docker, router: string, epoch: string, nginxConf: string): Promise<void> {
  const { exitCode, stderr } = await exec(docker, router, ["switchback-install", epoch], nginxConf);
  if (exitCode === 0) return;
  throw new Error(
    `expected nginx to accept the configuration, got: ${stderr.trim()}; correct the snippet in sets/, then \`up\``,
  );
}

/** Puts the configuration back that the last {@link install} replaced. */
export async function installBack(docker: Docker, router: string, epoch: string): Promise<void> {
  const { exitCode, stderr } = await exec(docker, router, ["switchback-install", epoch, "--back"]);
  if (exitCode !== 0) throw new Error(`expected the configuration before to be put back, got: ${stderr.trim()}`);
}

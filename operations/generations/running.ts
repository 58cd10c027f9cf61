import type Docker from "dockerode";
import { writeFilesIn } from "../files/container-files.ts";
import { awaitPromoted } from "../recovery/verify/promoted.ts";

const isolation = "/var/lib/postgresql/data/isolated_hba.conf";
const startMilliseconds = 120_000;
const stopSeconds = 120;

/**
 * Works on a generation that runs. One that stands still is started for it, with nobody let in from the network, and stopped
 * afterwards; should that be cut off, the promotion of the next `up` stops it.
 * @throws when it cannot be started
 */
export async function whileRunning<T>(
  docker: Docker,
  at: { readonly container: string; readonly database: string },
  work: () => Promise<T>,
): Promise<T> {
  const container = docker.getContainer(at.container);
  const { State } = await container.inspect().catch((error: Error & { statusCode?: number }) => {
    if (error.statusCode !== 404) throw error;
    throw new Error(
      `expected the container ${at.container}, got none; run \`up\`, which makes it for a volume that is kept`,
    );
  });
  if (State.Running) return work();
  // What the promotion to serving takes away again.
  await writeFilesIn(docker, at.container, [
    { path: isolation, content: "host all all all reject\n", mode: 0o644, uid: 0 },
  ]);
  await container.start();
  try {
    const client = await awaitPromoted(docker, { ...at, user: "postgres" }, startMilliseconds);
    await client.end();
    return await work();
  } finally {
    await container.stop({ t: stopSeconds });
  }
}

import { connect } from "../live/docker.ts";
import { readLock } from "../live/lock.ts";
import type { Watch } from "./begin.ts";
import { tellEnds } from "./tell-ends.ts";
import type { Standing } from "./watch.ts";

/** Puts what has ended into the outbox. Never fails: Docker may be what is broken. */
export async function lookAt(folder: string, told: Watch): Promise<Standing> {
  const docker = connect();
  const lock = await readLock(docker, told.stack).catch(() => undefined);
  const runs = lock?.token === told.run && !lock.dead;
  const { open } = await tellEnds(docker, folder, told, runs ? told.run : undefined).catch(() => ({ open: [] }));
  return { runs, own: open.find((change) => change.runs.includes(told.run)) };
}

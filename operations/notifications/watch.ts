import type Docker from "dockerode";
import { readLock } from "../live/lock.ts";
import { progress } from "./announce.ts";
import type { Watch } from "./begin.ts";
import { deliver } from "./deliver.ts";
import { enqueue } from "./outbox.ts";
import { tellEnds } from "./tell-ends.ts";

const pauseMs = 1000;
const longestPauseMs = 30_000;
/** What is not delivered by then is tried again by the next run, or by `switchback notifications deliver`. */
const longestMs = 3_600_000;

/** Delivers from the outbox until a run has ended, its end is told, and nothing waits. */
export async function watch(docker: Docker, folder: string, told: Watch): Promise<void> {
  const { config, secrets, run } = told;
  const begun = Date.now();
  while (Date.now() - begun < longestMs) {
    const lock = await readLock(docker, told.stack).catch(() => undefined);
    const runs = lock?.token === run && !lock.dead;
    // Docker may be what is broken: what is in the outbox is delivered without it.
    const { open } = await tellEnds(docker, folder, told, runs ? run : undefined).catch(() => ({ open: [] }));
    const own = open.find((change) => change.runs.includes(run));
    if (own && Date.now() - begun > config.progressMinutes * 60_000) await enqueue(folder, progress(own, told));
    const result = await deliver(folder, { config, secrets });
    const ended = !runs && !own;
    if (ended && result?.nextAt === undefined) return;
    const pause = ended ? result!.nextAt! - Date.now() : 0;
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(pause, pauseMs), longestPauseMs)));
  }
}

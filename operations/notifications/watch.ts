import type Docker from "dockerode";
import { readLock } from "../live/lock.ts";
import { progress } from "./announce.ts";
import type { Watch } from "./begin.ts";
import { deliver } from "./deliver.ts";
import { enqueue } from "./outbox.ts";
import { tellEnds } from "./tell-ends.ts";

const pauseMs = 1000;
/** After a run has let go of the lock, the command that ran it may still write how it ended. */
const graceMs = 10_000;
/** What is not delivered by then is tried again by the next run, or by `switchback notifications deliver`. */
const longestMs = 3_600_000;

/** Delivers from the outbox until a run has ended, its end is told, and nothing waits. */
export async function watch(docker: Docker, folder: string, told: Watch): Promise<void> {
  const { config, secrets, run } = told;
  const begun = Date.now();
  let over: number | undefined;
  while (Date.now() - begun < longestMs) {
    const lock = await readLock(docker, told.stack).catch(() => undefined);
    if (lock?.token !== run || lock.dead) over ??= Date.now();
    const running = over !== undefined && Date.now() - over > graceMs ? undefined : run;
    // Docker may be what is broken: what is in the outbox is delivered without it.
    const changes = await tellEnds(docker, folder, told, running).catch(() => []);
    const own = changes.find(({ id }) => id === run);
    const long = Date.now() - begun > config.progressMinutes * 60_000;
    if (long && own?.status === "started" && over === undefined) await enqueue(folder, progress(own, told));
    const result = await deliver(folder, { config, secrets });
    const ended = own ? own.status !== "started" || running === undefined : running === undefined;
    if (ended && result?.nextAt === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

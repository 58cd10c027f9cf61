import type { Change } from "../journal/changes.ts";
import { isRunning } from "../live/process.ts";
import { progress } from "./announce.ts";
import type { Watch } from "./begin.ts";
import { deliver } from "./deliver.ts";
import { enqueue } from "./outbox.ts";

const pauseMs = 1000;
const longestPauseMs = 30_000;
/** What is not delivered by then is tried again by the next run, or by `switchback notifications deliver`. */
const longestMs = 3_600_000;

/** How far the told change has got: which of the journal's changes may still end, and whether its run holds the live lock. */
export interface Standing {
  readonly runs: boolean;
  readonly own: Change | undefined;
}

/**
 * Delivers from the outbox until a run has ended, its end is told, and nothing waits.
 * @param look tells the ends of changes and says how the own one stands; asks Docker, which may be what is broken
 */
export async function watch(folder: string, told: Watch, look: () => Promise<Standing>): Promise<void> {
  const { config, secrets, pid } = told;
  const begun = Date.now();
  while (Date.now() - begun < longestMs) {
    // While its program runs a change has no end, and whoever looked for one would only slow it down.
    const { runs, own } = isRunning(pid) ? { runs: true, own: told.change } : await look();
    if (own && Date.now() - begun > config.progressMinutes * 60_000) await enqueue(folder, progress(own, told));
    const result = await deliver(folder, { config, secrets });
    const ended = !runs && !own;
    if (ended && result?.nextAt === undefined) return;
    const pause = ended ? result!.nextAt! - Date.now() : 0;
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(pause, pauseMs), longestPauseMs)));
  }
}

import type Docker from "dockerode";
import { changesOf } from "../operations/journal/changes.ts";
import { mirrorJournal } from "../operations/journal/mirror.ts";
import { missingEnd } from "../operations/journal/missing-end.ts";
import { actor } from "../operations/live/actor.ts";
import { appendJournal, type JournalEntry, readJournal } from "../operations/live/journal.ts";
import { origin } from "../operations/live/origin.ts";
import { readRunId } from "../operations/live/records.ts";
import type { RunEnd } from "./lock.ts";
import type { StackPlan } from "./plan.ts";
import type { Change, Verdict } from "./verdict.ts";

/**
 * Whether `switchback up` runs this program: only then is a refusal written down, so that a preview writes nothing, and
 * the command writes the end of what failed or was stopped.
 */
export const byCommand = (): boolean => process.env.SWITCHBACK_RECORDS === "command";

/**
 * Writes down that a change begins, with the verdict that allows it. Its end is a failure that no operation has written
 * down, or that it was done.
 */
export async function recordBegin(docker: Docker, plan: StackPlan, change: Change, verdict: Verdict): Promise<RunEnd> {
  const { stack } = plan;
  const run = await readRunId(docker, stack);
  const entry = { ...(await entryOf(plan, change, verdict)), event: "begun", run };
  // A journal that cannot be written must not stop the way back.
  await appendJournal(docker, stack, entry).catch((error: Error) => console.error(error.message));
  // Nothing waits for it but the end: telling costs a read of the journal and a process.
  const told = run && tell(docker, plan, run);
  const end = async (line: JournalEntry) => {
    await appendJournal(docker, stack, { ...line, run, actor: actor() });
    await mirrorJournal(docker, stack);
  };
  return {
    done: async () => {
      await told;
      await end({ event: "ended", operation: "up" });
    },
    failed: async () => {
      // The command writes the end itself, and knows who was stopped.
      if (byCommand()) return;
      const lines = await readJournal(docker, stack);
      const missing = missingEnd(
        lines.filter((line) => line.run === run),
        { interrupted: false, began: 0 },
      );
      if (missing) await end(missing);
    },
  };
}

/** Never fails: who is not told must not stop a rollback. */
async function tell(docker: Docker, { stack, config }: StackPlan, run: string): Promise<void> {
  const { notifications, secrets } = config;
  if (!notifications || Object.keys(notifications.sinks).length === 0) return;
  try {
    const { tellBegin } = await import("../operations/notifications/begin.ts");
    const change = changesOf(await readJournal(docker, stack)).find(({ runs }) => runs.includes(run));
    if (change) await tellBegin({ stack, config: notifications, secrets, run, change, pid: process.pid });
  } catch (error) {
    console.error(`nobody was told of this change: ${(error as Error).message}`);
  }
}

/** Writes down that a change was refused; never fails, because what is refused has to be told first. */
export async function recordRefusal(docker: Docker, plan: StackPlan, change: Change, verdict: Verdict): Promise<void> {
  try {
    const entry = await entryOf(plan, change, verdict);
    await appendJournal(docker, plan.stack, { ...entry, event: "refused", error: describeRefused(verdict) });
  } catch {
    // A stack without records has nothing to write it into.
  }
}

const describeRefused = ({ refused }: Verdict): string =>
  refused.map(({ name, detail }) => `${name}: ${detail}`).join("; ");

async function entryOf({ config }: StackPlan, change: Change, verdict: Verdict): Promise<JournalEntry> {
  const side = (color: string | undefined, release: string | undefined) =>
    color === undefined ? null : `${color} ${release ?? "(absent)"}`;
  const { level, summary, conditions } = verdict;
  return {
    event: "begun",
    operation: "up",
    level,
    from: side(change.from, change.fromRelease),
    to: side(change.to, change.toRelease),
    verdict: summary,
    checks: conditions.map(({ name, answer, detail }) => ({ name, answer, detail })),
    reason: process.env.SWITCHBACK_REASON || config.reason || "",
    actor: actor(),
    ...(await origin()),
  };
}

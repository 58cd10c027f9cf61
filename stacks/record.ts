import type Docker from "dockerode";
import { changesOf } from "../operations/journal/changes.ts";
import { mirrorJournal } from "../operations/journal/mirror.ts";
import { actor } from "../operations/live/actor.ts";
import { appendJournal, type JournalEntry, readJournal } from "../operations/live/journal.ts";
import { origin } from "../operations/live/origin.ts";
import { readRunId } from "../operations/live/records.ts";
import type { StackPlan } from "./plan.ts";
import type { Change, Verdict } from "./verdict.ts";

/** Set by `switchback up`: only then is a refusal written down, so that a preview writes nothing. */
export const recordsRefusals = (): boolean => process.env.SWITCHBACK_RECORDS === "refusals";

/** Writes down that a change begins, with the verdict that allows it. Returns what writes its end. */
export async function recordBegin(
  docker: Docker,
  plan: StackPlan,
  change: Change,
  verdict: Verdict,
): Promise<() => Promise<void>> {
  const { stack } = plan;
  const run = await readRunId(docker, stack);
  const entry = { ...(await entryOf(plan, change, verdict)), event: "begun", run };
  // A journal that cannot be written must not stop the way back.
  await appendJournal(docker, stack, entry).catch((error: Error) => console.error(error.message));
  // Nothing waits for it but the end: telling costs a read of the journal and a process.
  const told = run && tell(docker, plan, run);
  return async () => {
    await told;
    await appendJournal(docker, stack, { event: "ended", operation: "up", run, actor: actor() });
    await mirrorJournal(docker, stack);
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

import type Docker from "dockerode";
import { actor } from "../live/actor.ts";
import { appendJournal } from "../live/journal.ts";
import { Aborted, ask, canAsk } from "../rollback/ask.ts";
import { type Edit, renderEdits } from "../rollback/edits.ts";
import type { exitCodes } from "../rollback/exit-codes.ts";
import { approval } from "../rollback/people.ts";
import type { Say } from "../rollback/perform.ts";
import { previewEdits } from "../rollback/preview.ts";
import { wrapped } from "../rollback/render.ts";
import { editStackFile, readStackConfig } from "../rollback/stack-file.ts";
import { runSwitchback, verdictIn } from "../rollback/switchback.ts";
import { changeFor, type Wish } from "./kinds.ts";

export interface ChangeOptions extends Pick<Wish, "kind" | "falseAlarm" | "target"> {
  readonly stack: string;
  readonly reason: string;
  readonly approvedBy: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** What came of it: the content of `--json`. */
export interface ChangeReport {
  readonly stack: string;
  readonly kind: Wish["kind"];
  readonly status: "previewed" | "nothing" | Exclude<keyof typeof exitCodes, "error">;
  readonly edits: readonly Edit[];
  readonly message: readonly string[];
}

/** Makes a change of the config, shown as a diff, by the same `up`. A refusal puts the config back. */
export async function change(docker: Docker, options: ChangeOptions, { log, show }: Say): Promise<ChangeReport> {
  const { stack, reason, kind } = options;
  const config = readStackConfig(stack);
  const wish = { ...options, config, now: new Date().toISOString(), actor: actor() };
  const { edits: all, told, once, needs } = changeFor(wish);
  const edits = all.filter(({ from, to }) => from !== to);
  const report = (status: ChangeReport["status"], ...message: string[]) => ({ stack, kind, status, edits, message });
  for (const line of wrapped([`${kind}: ${told}`, ...renderEdits(edits)])) log(line);
  const approved = needs && approval(needs, config.rollback.approvers, { ...wish, approvedBy: options.approvedBy });
  if (approved?.answer === "no") return report("refused", `refused, nothing was changed: ${approved.detail}`);
  if (options.dryRun) {
    const { allowed, lines } = await previewEdits(stack, edits, reason);
    for (const line of wrapped(lines)) log(line);
    return report(allowed ? "previewed" : "refused", "nothing was changed");
  }
  try {
    if (!options.yes) await confirm(kind);
  } catch (error) {
    if (error instanceof Aborted) return report("aborted", "nothing was changed");
    throw error;
  }
  const takeBack = editStackFile(edits, stack);
  const { code, output } = await runSwitchback(
    stack,
    ["up", "--yes", "--skip-preview", "--message", reason],
    reason,
    show,
  );
  const refused = code !== 0 && verdictIn(output).allowed === false;
  // A drill that failed is not gone on with by the next update.
  if (refused || once) takeBack();
  if (code === 0 && options.approvedBy) {
    const entry = { event: "approved", operation: kind, approvedBy: options.approvedBy, reason, actor: wish.actor };
    await appendJournal(docker, stack, entry);
  }
  if (code === 0) return report("done", `${kind}: done`);
  if (refused) return report("refused", ...verdictIn(output).lines, "the config is as it was");
  return report("failed", `${kind} did not come to its end; go on: switchback up --stack ${stack}`);
}

async function confirm(kind: string): Promise<void> {
  if (!canAsk()) throw new Error("expected a terminal to confirm at, got none; pass --yes to go on without asking");
  const word = await ask(`Type yes for ${kind}: `);
  if (word !== "yes") throw new Aborted(`expected yes, got ${JSON.stringify(word)}`);
}

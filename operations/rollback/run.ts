import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { bounded } from "../../stacks/probe-bounded.ts";
import type { Condition } from "../../stacks/verdict.ts";
import { actor } from "../live/actor.ts";
import { appendJournal, readJournal } from "../live/journal.ts";
import { ensureRecords } from "../live/records.ts";
import { readStatus } from "../status/read.ts";
import { Aborted, ask, canAsk } from "./ask.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { choose, levelCheck } from "./choose.ts";
import { type Edit, editsFor, renderEdits } from "./edits.ts";
import type { RollbackFacts } from "./facts.ts";
import type { Line } from "./history.ts";
import type { RollbackOptions } from "./options.ts";
import { approval, breaker } from "./people.ts";
import { type Plan, perform, type Say } from "./perform.ts";
import { prechecks } from "./prechecks.ts";
import { previewEdits } from "./preview.ts";
import { readRollbackFacts } from "./read.ts";
import { renderCandidates, renderChecks, stopping, wrapped } from "./render.ts";
import type { Report } from "./report.ts";
import { areApplied, openStackFile } from "./stack-file.ts";
import type { PrintedVerdict } from "./switchback.ts";
import { explain, unfinishedIn } from "./unfinished.ts";

/** Goes back: chooses, looks, asks, and runs the same `up` with another config. Resolves to what came of it. */
export async function rollback(docker: Docker, options: RollbackOptions, say: Say): Promise<Report> {
  const { stack } = options;
  const probed = await bounded(() => readJournal(docker, stack));
  const lines: readonly Line[] | undefined = "value" in probed ? probed.value : undefined;
  const cut = unfinishedIn(lines ?? []);
  if (cut) for (const line of wrapped(explain(cut, areApplied(cut.edits, openStackFile(stack)), stack))) say.log(line);
  const [facts, status] = await Promise.all([readRollbackFacts(docker, stack), readStatus(docker, stack)]);
  for (const one of facts.unknown) say.log(`unknown: ${one}`);
  const candidate = choose({ to: options.to ?? (await chosen(facts, say)), level: options.level }, facts);
  const edits = editsFor(candidate.aim, facts, options.allowLoss);
  const plan = planOf(candidate, edits, facts, options);
  for (const line of wrapped([`${plan.from} -> ${plan.to}, level ${candidate.level}`, ...renderEdits(edits)]))
    say.log(line);
  if (candidate.level === 0 && edits.length === 0)
    return { ...plan, status: "nothing", message: [`${candidate.id} serves already`] };
  const checks = [...(await prechecks(docker, stack, candidate, status)), ...people(candidate, facts, lines, options)];
  for (const line of renderChecks(checks)) say.log(line);
  const journal = async (event: string, more: object = {}) => {
    const { id, from, to, reason, actor, level, approvedBy } = plan;
    await ensureRecords(docker, stack);
    await appendJournal(docker, stack, {
      ...{ event, operation: "rollback", id, level, from, to, ...more, reason, actor, approvedBy },
    });
  };
  const end = async (status: "refused" | "aborted", message: readonly string[], verdict?: PrintedVerdict) => {
    if (options.mode === "run")
      await journal(status, { error: message.join("; ") }).catch((error: Error) => say.log(error.message));
    return { ...plan, checks, status, message, ...(verdict && { verdict }) } as const;
  };
  const no = stopping(checks, facts.config.accept);
  if (no.length > 0)
    return end("refused", ["refused, nothing was changed", ...no.map(({ name, detail }) => `${name}: ${detail}`)]);
  let verdict: PrintedVerdict | undefined;
  try {
    if (options.mode === "dry-run" || !options.yes) {
      verdict = await previewEdits(stack, edits, options.reason);
      if (!verdict.allowed) return await end("refused", verdict.lines, verdict);
      for (const line of wrapped(verdict.lines)) say.log(line);
    }
    if (options.mode === "dry-run")
      return { ...plan, checks, verdict: verdict!, status: "previewed", message: ["nothing was changed"] };
    if (!options.yes) await confirm(plan.to);
  } catch (error) {
    if (error instanceof Aborted) return end("aborted", [`aborted, nothing was changed: ${error.message}`]);
    throw error;
  }
  return perform({ docker, options, facts, candidate, edits, plan: { ...plan, checks }, journal, say });
}

function planOf(candidate: Candidate, edits: readonly Edit[], facts: RollbackFacts, options: RollbackOptions): Plan {
  const { serving } = facts;
  const { release, data } = candidate.aim;
  const active = edits.find(({ key }) => key === "activeColor")?.to ?? facts.config.activeColor;
  const side = `${active} ${release ?? serving?.release ?? "(unknown)"}`;
  const moment = data && (data.kind === "time" ? `the data of ${data.at}` : `the data of ${data.name}`);
  return {
    id: `rb-${facts.now.replace(/[-:]|\.\d+/g, "")}-${randomBytes(2).toString("hex")}`,
    stack: options.stack,
    level: candidate.level,
    from: serving ? `${serving.color} ${serving.release ?? "(unknown)"}` : "unknown",
    to: moment ? `${side} with ${moment}` : side,
    reason: options.reason,
    actor: actor(),
    approvedBy: options.approvedBy ?? null,
    checks: [],
    edits,
    next: [],
  };
}

function people(
  candidate: Candidate,
  facts: RollbackFacts,
  lines: readonly Line[] | undefined,
  options: RollbackOptions,
): Condition[] {
  const { rollback } = facts.config;
  const { level } = candidate;
  const what = level === 3 ? "level3" : level === 2 ? "level2" : "level1";
  return [
    levelCheck(candidate, options.level),
    approval(what, rollback.approvers, { actor: actor(), approvedBy: options.approvedBy }),
    breaker(lines, rollback.breaker, options.yes, facts.now),
  ];
}

async function chosen(facts: RollbackFacts, { log }: Say): Promise<string> {
  if (!canAsk()) throw new Error("expected --to ID, --quick or a terminal to choose at, got none of them");
  const candidates = candidatesOf(facts);
  for (const line of renderCandidates(candidates, facts.now, true)) log(line);
  const answer = await ask("Go back to which? Number or id: ");
  return candidates[Number(answer) - 1]?.id ?? answer;
}

async function confirm(to: string): Promise<void> {
  if (!canAsk()) throw new Error("expected a terminal to confirm at, got none; pass --yes to go on without asking");
  const word = await ask(`Type ROLLBACK to go to ${to}: `);
  if (word !== "ROLLBACK") throw new Aborted(`expected ROLLBACK, got ${JSON.stringify(word)}`);
}

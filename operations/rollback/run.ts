import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import type { Condition } from "../../stacks/verdict.ts";
import { actor } from "../live/actor.ts";
import { appendJournal, readJournal } from "../live/journal.ts";
import { ensureRecords } from "../live/records.ts";
import { readStatus } from "../status/read.ts";
import { Aborted, ask, canAsk } from "./ask.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { carryOut } from "./carry-out.ts";
import { choose, levelCheck } from "./choose.ts";
import { type Edit, editsFor, renderEdits } from "./edits.ts";
import type { RollbackFacts } from "./facts.ts";
import type { Line } from "./history.ts";
import type { RollbackOptions } from "./options.ts";
import { approval, breaker } from "./people.ts";
import { prechecks } from "./prechecks.ts";
import { previewEdits } from "./preview.ts";
import { readRollbackFacts } from "./read.ts";
import { renderCandidates, renderChecks, stopping, wrapped } from "./render.ts";
import { type Report, waysOn } from "./report.ts";
import { areApplied, openStackFile } from "./stack-file.ts";
import type { PrintedVerdict } from "./switchback.ts";
import { explain, unfinishedIn } from "./unfinished.ts";
import { validateAfter } from "./validate-after.ts";

/** What the terminal gets. */
export interface Say {
  readonly log: (line: string) => void;
  /** As it comes, of the commands that are run. */
  readonly show: (text: string) => void;
}

/** Goes back: chooses, looks, asks, and runs the same `up` with another config. Resolves to what came of it. */
export async function rollback(docker: Docker, options: RollbackOptions, say: Say): Promise<Report> {
  const { stack } = options;
  const lines: readonly Line[] = await readJournal(docker, stack).catch(() => []);
  const cut = unfinishedIn(lines);
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
      for (const line of wrapped(verdict.lines)) say.log(line);
      if (!verdict.allowed) return await end("refused", verdict.lines, verdict);
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

type Plan = Omit<Report, "status" | "message">;

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
  lines: readonly Line[],
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

interface Performing {
  readonly docker: Docker;
  readonly options: RollbackOptions;
  readonly facts: RollbackFacts;
  readonly candidate: Candidate;
  readonly edits: readonly Edit[];
  readonly plan: Plan;
  readonly journal: (event: string, more?: object) => Promise<void>;
  readonly say: Say;
}

async function perform({ docker, options, facts, candidate, edits, plan, journal, say }: Performing): Promise<Report> {
  const { stack, reason } = options;
  const begun = performance.now();
  const { kind, aim, level } = candidate;
  // Who has the page up already takes it down himself.
  const everything =
    level === 3 && (kind === "golden" || aim.release !== undefined) && !facts.config.router.maintenance;
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on("SIGINT", interrupt);
  // A journal that cannot be written must not stop the way back.
  const telling = (event: string, more?: object) =>
    journal(event, more).catch((error: Error) => say.log(`not in the journal: ${error.message}`));
  await telling("begun", { edits });
  let at = "capture";
  try {
    const done = await carryOut({
      ...{ docker, stack, reason, actor: plan.actor, edits, log: say.log, show: say.show },
      everything,
      validate: () => validateAfter(docker, stack, candidate.level === 3 ? "thorough" : "quick"),
      async step(name) {
        if (interrupted.signal.aborted) throw new Aborted(`Ctrl-C before "${name}"`);
        at = name;
        await telling("step", { step: name });
      },
    });
    const { end, capture, verdict, validation } = done;
    const seconds = (performance.now() - begun) / 1000;
    const parts = {
      ...(capture && { capture }),
      ...(verdict && { verdict }),
      ...(validation && { validation: validation.report }),
    };
    const event = end === "unwell" ? "done" : end;
    await telling(event, { seconds, validation: validation?.verdict, manifest: capture?.manifest, step: at });
    if (end === "done")
      return { ...plan, ...parts, seconds, status: end, message: [`done in ${seconds.toFixed(1)} s: ${plan.to}`] };
    if (end === "refused")
      return {
        ...plan,
        ...parts,
        seconds,
        status: end,
        message: [...(verdict?.lines ?? []), "the config is as it was"],
      };
    const stands = await whereThingsStand(docker, stack, at);
    const next = waysOn(stack, edits, olderThan(candidate, facts), everything);
    return { ...plan, ...parts, seconds, status: interrupted.signal.aborted ? "aborted" : end, message: stands, next };
  } catch (error) {
    if (!(error instanceof Aborted)) throw error;
    await telling("aborted", { step: at, error: error.message });
    const stands = [`aborted: ${error.message}`, ...(await whereThingsStand(docker, stack, at))];
    return { ...plan, status: "aborted", message: stands, next: waysOn(stack, edits, undefined, everything) };
  } finally {
    process.off("SIGINT", interrupt);
  }
}

async function whereThingsStand(docker: Docker, stack: string, step: string): Promise<string[]> {
  const { router } = await readStatus(docker, stack);
  if ("unknown" in router || router.value.kind !== "read")
    return [`it stopped in step "${step}"; the router does not say who serves`];
  const { memory, file } = router.value;
  const serves = memory ? `${memory.color} ${memory.releases[memory.color]}, mode ${memory.mode}` : "nothing";
  const open = file?.marker?.pending ? "; a change is not finished: `up` settles it" : "";
  return [`it stopped in step "${step}"; what serves: ${serves}${open}`];
}

/** The next release in the list that can be gone to. */
function olderThan(candidate: Candidate, facts: RollbackFacts): string | undefined {
  const releases = candidatesOf(facts).filter(({ kind }) => kind === "release");
  const at = releases.findIndex(({ id }) => id === (candidate.aim.release ?? candidate.id));
  return releases.slice(at + 1).find(({ verdict }) => verdict === "yes")?.id;
}

import type Docker from "dockerode";
import { readStatus } from "../status/read.ts";
import { Aborted } from "./ask.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { carryOut } from "./carry-out.ts";
import type { Edit } from "./edits.ts";
import type { RollbackFacts } from "./facts.ts";
import type { RollbackOptions } from "./options.ts";
import { type Report, waysOn } from "./report.ts";
import { validateAfter } from "./validate-after.ts";

/** What the terminal gets. */
export interface Say {
  readonly log: (line: string) => void;
  /** As it comes, of the commands that are run. */
  readonly show: (text: string) => void;
}

/** A rollback before it is known what comes of it. */
export type Plan = Omit<Report, "status" | "message">;

export interface Performing {
  readonly docker: Docker;
  readonly options: RollbackOptions;
  readonly facts: RollbackFacts;
  readonly candidate: Candidate;
  readonly edits: readonly Edit[];
  readonly plan: Plan;
  readonly journal: (event: string, more?: object) => Promise<void>;
  readonly say: Say;
}

/** Carries a rollback out that was decided, and says in the journal how far it came. */
export async function perform({
  docker,
  options,
  facts,
  candidate,
  edits,
  plan,
  journal,
  say,
}: Performing): Promise<Report> {
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
  await telling("rollback-begun", { edits });
  let at = "capture";
  try {
    const done = await carryOut({
      ...{ docker, stack, reason, actor: plan.actor, edits, log: say.log, show: say.show },
      ...{ everything, keeps: level === 1 },
      validate: () => validateAfter(docker, stack, candidate.level === 3 ? "thorough" : "quick"),
      async step(name) {
        if (interrupted.signal.aborted) throw new Aborted(`Ctrl-C before "${name}"`);
        at = name;
        await telling("rollback-step", { step: name });
      },
    });
    const { end, capture, verdict, validation } = done;
    const seconds = (performance.now() - begun) / 1000;
    const parts = {
      ...(capture && { capture }),
      ...(verdict && { verdict }),
      ...(validation && { validation: validation.report }),
    };
    const status: Report["status"] = interrupted.signal.aborted && end === "failed" ? "aborted" : end;
    await telling("rollback-ended", {
      status,
      seconds,
      step: at,
      validation: validation?.verdict,
      manifest: capture?.manifest,
    });
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
    const found = end === "unwell" ? ["it is done, and the validation found:", ...validation!.failed] : [];
    return { ...plan, ...parts, seconds, status, message: [...found, ...stands], next };
  } catch (error) {
    const { message } = error as Error;
    const status = error instanceof Aborted ? "aborted" : "failed";
    await telling("rollback-ended", { status, step: at, error: message });
    const stands = await whereThingsStand(docker, stack, at).catch(() => [`it stopped in step "${at}"`]);
    const next = waysOn(stack, edits, undefined, everything);
    return { ...plan, status, message: [`${status}: ${message}`, ...stands], next };
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

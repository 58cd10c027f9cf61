import type Docker from "dockerode";
import type { Capture } from "../capture/capture.ts";
import type { Edit } from "./edits.ts";
import { editStackFile } from "./stack-file.ts";
import { type PrintedVerdict, runSwitchback, verdictIn } from "./switchback.ts";
import { takeCapture } from "./take.ts";

export interface Work {
  readonly docker: Docker;
  readonly stack: string;
  readonly reason: string;
  readonly actor: string;
  /** What the config gets. */
  readonly edits: readonly Edit[];
  /** No container goes away: what is captured stays, and nobody waits for it. */
  readonly keeps: boolean;
  /** Everything goes back: the maintenance page is shown from before the first step until all is validated. */
  readonly everything: boolean;
  /** Validates the live system; resolves to what it found. */
  readonly validate: () => Promise<Validated>;
  /** Told before each step. */
  readonly step: (name: string) => Promise<void>;
  readonly log: (line: string) => void;
  readonly show: (text: string) => void;
}

export interface Validated {
  readonly verdict: "ok" | "fail" | "unknown";
  readonly report: unknown;
  /** What failed, for people. */
  readonly failed: readonly string[];
}

export interface Done {
  readonly end: "done" | "refused" | "failed" | "unwell";
  readonly capture: Capture | undefined;
  readonly verdict: PrintedVerdict | undefined;
  readonly validation: Validated | undefined;
}

/** Captures, writes the config, runs `up`, validates. A refusal puts the config back: nothing was changed. */
export async function carryOut(work: Work): Promise<Done> {
  await work.step("capture");
  const taking = takeCapture(work);
  if (!work.keeps) await taking;
  const ended = async (end: Done["end"], rest: Partial<Done> = {}): Promise<Done> => ({
    ...{ end, capture: await taking, verdict: undefined, validation: undefined },
    ...rest,
  });
  if (work.everything) {
    const page = await change(work, "maintenance on", [maintenance(true)]);
    if (page.end !== "done") return ended(page.end, { verdict: page.verdict });
  }
  const main = await change(work, "up", work.edits);
  if (main.end === "refused" && work.everything) {
    const page = await change(work, "maintenance off", [maintenance(false)]);
    return ended(page.end === "done" ? "refused" : "failed", { verdict: main.verdict });
  }
  if (main.end !== "done") return ended(main.end, { verdict: main.verdict });
  await work.step("validate");
  const validation = await work.validate();
  if (validation.verdict === "fail") return ended("unwell", { verdict: main.verdict, validation });
  if (work.everything) {
    const page = await change(work, "maintenance off", [maintenance(false)]);
    if (page.end !== "done") return ended("failed", { verdict: page.verdict, validation });
  }
  return ended("done", { verdict: main.verdict, validation });
}

const maintenance = (on: boolean): Edit => ({ key: "router.maintenance", from: !on, to: on });

/** Writes edits and runs `up`. */
async function change(
  work: Work,
  name: string,
  edits: readonly Edit[],
): Promise<{ end: "done" | "refused" | "failed"; verdict: PrintedVerdict }> {
  await work.step(name);
  const takeBack = editStackFile(edits, work.stack);
  const args = ["up", "--yes", "--skip-preview", "--message", work.reason];
  const { code, output } = await runSwitchback(work.stack, args, work.reason, work.show);
  const verdict = verdictIn(output);
  if (code === 0) return { end: "done", verdict };
  if (verdict.allowed !== false) return { end: "failed", verdict };
  takeBack();
  return { end: "refused", verdict };
}

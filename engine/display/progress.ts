import { stripVTControlCharacters } from "node:util";
import type { Resource } from "../state.ts";
import type { EngineEvent, Step } from "../steps.ts";
import { isProviderType, shownType, urnName, urnType } from "../urn.ts";
import type { RichProps } from "../values.ts";
import { renderProps } from "./value.ts";
import { diffSummary, resourceSummary, wordsOf } from "./words.ts";

export interface ProgressOptions {
  readonly print: (line: string) => void;
  readonly planned: boolean;
  /** Show property differences under each step instead of a line per step. */
  readonly diff: boolean;
}

/** Renders a run as it goes, in pulumi's plain style: a line per event, diagnostics, outputs and the sums at the end. */
export class Progress {
  private readonly options: ProgressOptions;
  private readonly steps = new Map<string, { step: Step; since: number }>();
  private readonly diagnostics = new Map<string, string[]>();

  constructor(options: ProgressOptions) {
    this.options = options;
  }

  readonly emit = (event: EngineEvent): void => {
    if (event.kind === "log") this.log(event);
    else if (isProviderType(event.step.type)) return;
    else if (event.kind === "start") this.start(event.step);
    else this.end(event.step, event);
  };

  /** The end of a run: diagnostics, outputs, sums and the time that it took. */
  finish(end: {
    before: RichProps;
    after: RichProps | undefined;
    counts: Readonly<Record<string, number>>;
    errors: number;
    milliseconds: number;
  }): void {
    const { print, planned } = this.options;
    if (this.diagnostics.size > 0) print("Diagnostics:");
    for (const [urn, lines] of this.diagnostics) {
      print(`  ${shownType(urnType(urn))} (${urnName(urn)}):`);
      for (const line of lines) print(`    ${line}`);
      print("");
    }
    const outputs =
      end.after === undefined
        ? []
        : renderProps(isEmpty(end.before) ? end.after : end.before, end.after, "    ", !planned || isEmpty(end.before));
    if (outputs.length > 0) for (const line of ["Outputs:", ...outputs, ""]) print(line);
    for (const line of resourceSummary(end.counts, planned, end.errors)) print(line);
    print("");
    if (!planned) for (const line of [`Duration: ${duration(end.milliseconds)}`, ""]) print(line);
  }

  private start(step: Step): void {
    const { planned, diff } = this.options;
    this.steps.set(step.urn, { step, since: Date.now() });
    if (step.op === "same") return;
    if (diff) {
      for (const line of renderStep(step)) this.options.print(line);
    } else this.row(step, planned ? planText(step) : `${wordsOf(step).doing} (0s)`);
  }

  private end(step: Step, event: EngineEvent & { kind: "done" | "failed" }): void {
    const failed = event.kind === "failed";
    if (!failed && (step.op === "same" || this.options.planned || this.options.diff)) return;
    const { done, failed: broken } = wordsOf(step);
    this.row(step, failed ? broken : `${done} (${seconds(event.milliseconds)})`);
  }

  private log(event: EngineEvent & { kind: "log" }): void {
    if (event.severity === "debug") return;
    const text = event.severity === "info" ? event.message : `${event.severity}: ${event.message}`;
    const lines = stripVTControlCharacters(text).trimEnd().split("\n");
    if (!event.ephemeral) this.diagnostics.set(event.urn, [...(this.diagnostics.get(event.urn) ?? []), ...lines]);
    const active = this.steps.get(event.urn);
    const what = active === undefined || active.step.op === "same" ? "" : `${wordsOf(active.step).doing} `;
    const mark = what === "" ? "  " : wordsOf(active!.step).mark;
    for (const line of lines)
      this.options.print(` ${mark} ${shownType(urnType(event.urn))} ${urnName(event.urn)} ${what}${line}`);
  }

  private row(step: Step, text: string): void {
    const diff = diffSummary(step);
    this.options.print(
      ` ${wordsOf(step).mark} ${shownType(step.type)} ${urnName(step.urn)} ${text}${diff === "" ? "" : ` ${diff}`}`,
    );
  }
}

function planText(step: Step): string {
  return wordsOf(step).plan + (step.op === "delete" && step.old?.retainOnDelete ? "[retain]" : "");
}

/** A step with its property differences. Parts of a replacement are shown once, as the replacement. */
function renderStep(step: Step): string[] {
  if (step.op === "create-replacement" || step.op === "delete-replaced") return [];
  const resource = (step.old ?? step.next) as Resource;
  const id = resource.id === "" ? [] : [`        [id=${resource.id}]`];
  const before = step.op === "create" ? {} : (step.old?.inputs ?? {});
  const after = step.op === "delete" ? step.old!.inputs : (step.next?.inputs ?? {});
  const lines = renderProps(
    step.op === "delete" ? after : before,
    after,
    "        ",
    step.op === "create" || step.op === "delete",
  );
  return [
    `    ${wordsOf(step).mark.padEnd(2)}${step.type}: (${step.op})`,
    ...id,
    `        [urn=${step.urn}]`,
    ...lines,
  ];
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${(milliseconds / 1000).toFixed(2)}s` : `${Math.round(milliseconds / 1000)}s`;
}

function duration(milliseconds: number): string {
  const whole = Math.max(1, Math.round(milliseconds / 1000));
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${whole % 60}s`;
}

const isEmpty = (props: RichProps): boolean => Object.keys(props).length === 0;

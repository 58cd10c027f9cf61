import { type ApplyOptions, afterHook, apply } from "./apply.ts";
import type { Resource } from "./state.ts";
import type { Step } from "./steps.ts";

export type ExecutorOptions = Omit<ApplyOptions, "isDeleted" | "fail">;

/** Runs chains of steps side by side. The first failure stops everything that has not begun; what is under way ends. */
export class Executor {
  /** What went wrong, for the end of the run. */
  readonly errors: string[] = [];
  /** Steps done by kind, as the summary counts them. */
  readonly counts: Record<string, number> = {};
  /** Settles when something failed or Ctrl-C was pressed, and nothing is under way any more. */
  readonly stopped: Promise<void>;
  private readonly options: ApplyOptions;
  private readonly running = new Set<Promise<unknown>>();
  private readonly components = new Map<string, { step: Step; since: number }>();
  private readonly deleting = new Set<string>();
  private stop!: () => void;

  constructor(options: ExecutorOptions) {
    this.options = {
      ...options,
      isDeleted: (urn) => this.deleting.has(urn),
      fail: (urn, message) => this.fail(urn, message),
    };
    const asked = new Promise<void>((resolve) => {
      this.stop = resolve;
    });
    this.stopped = asked.then(() => this.idle());
    options.signal.addEventListener("abort", () => this.stop());
    if (options.signal.aborted) this.stop();
  }

  get failed(): boolean {
    return this.errors.length > 0 || this.options.signal.aborted;
  }

  /** Runs a chain in order. Resolves to whether all of it succeeded. */
  chain(steps: readonly Step[]): Promise<boolean> {
    const run = this.runAll(steps);
    this.running.add(run);
    return run.finally(() => this.running.delete(run));
  }

  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled([...this.running]);
  }

  fail(urn: string, message: string): void {
    this.errors.push(message);
    this.options.emit({ kind: "log", urn, severity: "error", message, ephemeral: false });
    this.stop();
  }

  /** URNs about to be deleted: what is `deletedWith` one of them needs no deletion of its own. */
  announceDeletions(steps: readonly Step[]): void {
    for (const step of steps) if (step.op !== "remove-pending-replace") this.deleting.add(step.urn);
  }

  /** A component's own end: its part of the program has run and named its outputs. */
  async componentDone(urn: string, resource?: Resource): Promise<void> {
    const open = this.components.get(urn);
    if (open === undefined) return;
    this.components.delete(urn);
    if (resource !== undefined && open.step.op !== "same") {
      await afterHook(open.step.op === "create" ? "AfterCreate" : "AfterUpdate", this.options, resource, open.step.old);
    }
    this.options.emit({ kind: "done", step: open.step, milliseconds: Date.now() - open.since });
  }

  /** Ends the components that are still open: the stack, and those that never named their outputs. */
  async closeComponents(): Promise<void> {
    for (const urn of [...this.components.keys()].reverse()) await this.componentDone(urn);
  }

  private async runAll(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      if (this.failed || !(await this.runOne(step))) return false;
    }
    return true;
  }

  private async runOne(step: Step): Promise<boolean> {
    const since = Date.now();
    this.options.emit({ kind: "start", step });
    try {
      await apply(step, this.options);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.options.emit({ kind: "failed", step, milliseconds: Date.now() - since, message });
      this.fail(step.urn, message);
      return false;
    }
    this.count(step);
    if (step.next !== undefined && !step.next.custom) this.components.set(step.urn, { step, since });
    else this.options.emit({ kind: "done", step, milliseconds: Date.now() - since });
    return true;
  }

  private count({ op, type }: Step): void {
    const part = op === "create-replacement" || op === "delete-replaced" || op === "remove-pending-replace";
    if (!part && !type.startsWith("pulumi:providers:")) this.counts[op] = (this.counts[op] ?? 0) + 1;
  }
}

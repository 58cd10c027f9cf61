import { randomUUID } from "node:crypto";
import { runDeletions } from "./deletions.ts";
import { Executor, type ExecutorOptions } from "./executor.ts";
import type { Goal } from "./goal.ts";
import { Planner, type PlannerOptions } from "./planner.ts";
import { emptyResource, type Resource } from "./state.ts";
import type { Step } from "./steps.ts";
import { makeUrn, stackType } from "./urn.ts";
import { equal, type RichProps } from "./values.ts";

export interface DeploymentOptions extends PlannerOptions, ExecutorOptions {
  readonly base: readonly Resource[];
}

/** One run of the program: takes its registrations, plans them against the old state and has the steps done. */
export class Deployment {
  readonly executor: Executor;
  /** The stack's outputs as the program named them, once it did. */
  stackOutputs?: RichProps;
  readonly options: DeploymentOptions;
  private readonly planner: Planner;
  private readonly current = new Map<string, Resource>();
  private readonly defaults = new Map<string, string>();

  constructor(options: DeploymentOptions) {
    this.options = options;
    this.executor = new Executor(options);
    this.planner = new Planner(options.base, options);
  }

  get stackUrn(): string {
    const { stack, project } = this.options;
    return makeUrn(stack, project, "", stackType, `${project}-${stack}`);
  }

  /** The resource as it is after its steps. Never settles when they failed: the program is stopped instead of being answered. */
  async register(goal: Goal): Promise<Resource> {
    const steps = this.plan(goal);
    if (steps !== undefined && (await this.executor.chain(steps))) {
      const made = steps.findLast((step) => step.next !== undefined)!.next!;
      this.current.set(goal.urn, made);
      return made;
    }
    return new Promise(() => {});
  }

  async registerOutputs(urn: string, outputs: RichProps): Promise<void> {
    const resource = this.current.get(urn);
    if (resource === undefined) throw new Error(`outputs for ${urn}, which was not registered in this run`);
    if (urn === this.stackUrn) {
      this.stackOutputs = outputs;
      return;
    }
    if (!equal(resource.outputs, outputs)) {
      resource.outputs = outputs;
      this.options.snapshot.flush();
    }
    await this.executor.componentDone(urn, resource);
  }

  /** The stack is done when everything is, deletions too. After a failure it keeps the outputs that the program did not name again. */
  async finish(): Promise<void> {
    const stack = this.current.get(this.stackUrn);
    if (stack !== undefined && this.stackOutputs !== undefined) {
      if (this.executor.failed) this.stackOutputs = { ...stack.outputs, ...this.stackOutputs };
      if (!equal(stack.outputs, this.stackOutputs)) {
        stack.outputs = this.stackOutputs;
        this.options.snapshot.flush();
      }
    }
    await this.executor.componentDone(this.stackUrn);
  }

  /** The deletions at the end of a successful run, in rounds: what depends on another goes first. */
  async deleteLeftovers(): Promise<boolean> {
    const steps = this.planner.leftovers();
    return runDeletions(steps, this.executor);
  }

  private plan(goal: Goal): Step[] | undefined {
    if (this.executor.failed) return undefined;
    try {
      const reference = goal.custom ? this.defaultProvider(goal) : "";
      return this.planner.plan(goal, reference);
    } catch (error) {
      this.executor.fail(goal.urn, (error as Error).message);
      return undefined;
    }
  }

  /** The reference of the package's default provider, which is put into the state the first time it is needed, as Pulumi does. */
  private defaultProvider(goal: Goal): string {
    const { stack, project, snapshot } = this.options;
    const provider = this.planner.provider(goal.type);
    const version = goal.version;
    const key = `${provider.package}_${version}`;
    const known = this.defaults.get(key);
    if (known !== undefined) return known;
    const type = `pulumi:providers:${provider.package}`;
    const urn = makeUrn(
      stack,
      project,
      "",
      type,
      version === "" ? "default" : `default_${version.replaceAll(".", "_")}`,
    );
    const old = this.planner.old(urn);
    const resource = old === undefined ? newProvider(urn, type, version) : { ...old };
    if (old === undefined) snapshot.put(resource);
    else snapshot.same(resource, old);
    this.planner.keep(urn);
    const reference = `${urn}::${resource.id}`;
    this.defaults.set(key, reference);
    return reference;
  }
}

function newProvider(urn: string, type: string, version: string): Resource {
  const created = new Date().toISOString();
  return {
    ...emptyResource(urn, type, true),
    ...{ id: randomUUID(), created, modified: created },
    inputs: { __internal: {}, version },
    outputs: { version },
  };
}

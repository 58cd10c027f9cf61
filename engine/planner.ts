import { type Difference, difference, inputsAfter } from "./diff.ts";
import type { Goal } from "./goal.ts";
import { nextState } from "./next-state.ts";
import { keepOld } from "./paths.ts";
import type { ResourceProvider } from "./provider.ts";
import type { Resource } from "./state.ts";
import type { Step } from "./steps.ts";
import { makeUrn, stackType } from "./urn.ts";
import { equal, hasUnknown, markSecrets, plainProps, type RichProps, wholeSecrets } from "./values.ts";

/** Thrown when a goal cannot be planned; the message is for the user and belongs to the resource. */
export class PlanError extends Error {}

export interface PlannerOptions {
  readonly stack: string;
  readonly project: string;
  readonly dryRun: boolean;
  readonly providers: readonly ResourceProvider[];
}

/** Turns goals into steps against the old state. It decides only: nothing here has an effect outside its own memory. */
export class Planner {
  readonly base: readonly Resource[];
  private readonly options: PlannerOptions;
  private readonly olds = new Map<string, Resource>();
  private readonly renamed = new Map<string, string>();
  /** URNs decided about in this run. */
  private readonly seen = new Set<string>();
  private readonly replaced = new Set<string>();
  /** Dependents deleted before the resource that they depend on, waiting to be registered again. */
  private readonly condemned = new Map<string, readonly string[]>();
  private readonly deleted = new Set<Resource>();

  constructor(base: readonly Resource[], options: PlannerOptions) {
    this.base = base;
    this.options = options;
    for (const resource of base) if (!resource.delete) this.olds.set(resource.urn, resource);
  }

  provider(type: string): ResourceProvider {
    const found = this.options.providers.find((provider) => provider.type === type);
    if (found !== undefined) return found;
    const types = this.options.providers.map((provider) => provider.type).join(", ");
    throw new PlanError(
      `the embedded engine has no provider for ${type} (it has ${types}); run it with \`--engine pulumi\``,
    );
  }

  old(urn: string): Resource | undefined {
    return this.olds.get(urn);
  }

  /** The steps for one goal, in order. `providerReference` is that of the default provider, "" for components. */
  plan(goal: Goal, providerReference: string): Step[] {
    if (this.seen.has(goal.urn)) {
      throw new PlanError(`Duplicate resource URN '${goal.urn}'; try giving it a unique name`);
    }
    const old = this.find(goal);
    const next = nextState(goal, providerReference, old);
    this.seen.add(goal.urn);
    if (old !== undefined) this.seen.add(old.urn);
    if (!goal.custom) return [this.planComponent(next, old)];
    const provider = this.provider(goal.type);
    const dependents = this.condemned.get(old?.urn ?? "");
    next.inputs = this.check(
      provider,
      goal,
      old === undefined ? goal.inputs : keepOld(goal.inputs, old.inputs, goal.ignoreChanges),
      old,
    );
    if (old === undefined) return [{ op: "create", urn: goal.urn, type: goal.type, next, provider }];
    if (dependents !== undefined) return this.recreate(next, old, provider, dependents);
    return this.planChange(goal, next, old, provider);
  }

  /** What is left to delete once the program has ended: old halves of replacements, and what was not registered. */
  leftovers(): Step[] {
    const steps: Step[] = [];
    for (const old of this.base) {
      if (this.deleted.has(old)) continue;
      if (old.delete) steps.push(this.deletion("delete-replaced", old));
      else if (!this.seen.has(old.urn))
        steps.push(this.deletion(old.pendingReplacement ? "remove-pending-replace" : "delete", old));
    }
    for (const urn of this.condemned.keys()) {
      const old = this.olds.get(urn)!;
      if (!this.seen.has(urn)) steps.push(this.deletion("remove-pending-replace", old));
    }
    return steps;
  }

  /** Marks a default provider as used, so that it is kept. */
  keep(urn: string): void {
    this.seen.add(urn);
  }

  private find(goal: Goal): Resource | undefined {
    const parentWas = this.renamed.get(goal.parent);
    const inherited =
      parentWas === undefined
        ? []
        : [makeUrn(this.options.stack, this.options.project, parentWas, goal.type, goal.name)];
    for (const urn of [goal.urn, ...goal.aliases, ...inherited]) {
      const old = this.olds.get(urn);
      if (old === undefined || this.seen.has(urn)) continue;
      if (urn !== goal.urn) this.renamed.set(goal.urn, urn);
      return old;
    }
    return undefined;
  }

  private planComponent(next: Resource, old: Resource | undefined): Step {
    const step = { urn: next.urn, type: next.type, next };
    if (old === undefined) return { op: "create", ...step };
    if (old.custom)
      throw new PlanError(`${next.urn} was a custom resource and is a component now: give it another name`);
    return { op: next.type === stackType || equal(old.inputs, next.inputs) ? "same" : "update", ...step, old };
  }

  private check(provider: ResourceProvider, goal: Goal, inputs: RichProps, old: Resource | undefined): RichProps {
    const result = provider.check(old && plainProps(old.inputs), plainProps(inputs));
    if (result.failures.length > 0) {
      const reasons = result.failures.map(
        ({ property, reason }) => `${property === "" ? "" : `${property}: `}${reason}`,
      );
      throw new PlanError(`${goal.type} resource '${goal.name}' has a problem: ${reasons.join("; ")}`);
    }
    const marked = markSecrets(result.inputs, inputs) as RichProps;
    return provider.wholeSecrets === true ? wholeSecrets(marked) : marked;
  }

  private planChange(goal: Goal, next: Resource, old: Resource, provider: ResourceProvider): Step[] {
    const found = this.diff(goal, next, old, provider);
    const step = { urn: goal.urn, type: goal.type, old, next, provider, diff: found.detailed };
    if (!found.replace && !old.pendingReplacement) {
      return [{ op: found.changed || old.initErrors.length > 0 ? "update" : "same", ...step }];
    }
    if (next.protect && old.protect) throw new PlanError(protectedReplacement(goal.urn));
    this.replaced.add(goal.urn);
    // A replacement takes the program's inputs and the defaults of a new resource, not those carried over from the old one.
    next.inputs = this.check(provider, goal, goal.inputs, undefined);
    const replace: Step = { op: "replace", ...step, replaceKeys: found.replaceKeys };
    const create: Step = { ...replace, op: "create-replacement" };
    if (!(goal.deleteBeforeReplace ?? found.deleteBeforeReplace)) {
      return [
        { ...create, pendingDelete: !old.pendingReplacement },
        { ...replace, pendingDelete: true },
      ];
    }
    const first = this.dependentsToReplace(old)
      .reverse()
      .map(([dependent, keys]) => this.condemn(dependent, keys, goal.urn));
    this.deleted.add(old);
    const self = old.pendingReplacement ? [] : [{ ...this.deletion("delete-replaced", old), pendingReplacement: true }];
    return [...first, ...self, replace, create];
  }

  private diff(goal: Goal, next: Resource, old: Resource, provider: ResourceProvider): Difference {
    const forced = (key: string): Difference => ({
      ...{
        changed: true,
        replace: true,
        deleteBeforeReplace: false,
        detailed: { [key]: "update-replace" as const },
        replaceKeys: [key],
      },
    });
    const trigger = next.replacementTrigger;
    if (trigger !== undefined && hasUnknown(trigger) && !this.options.dryRun) {
      throw new PlanError(`replacement trigger contains unknowns for ${goal.urn}`);
    }
    if (trigger !== undefined && old.replacementTrigger !== undefined && !equal(trigger, old.replacementTrigger)) {
      return forced("replacementTrigger");
    }
    if (next.deletedWith !== "" && this.replaced.has(next.deletedWith)) return forced("deletedWith");
    return difference(provider, old, next.inputs, goal);
  }

  private recreate(next: Resource, old: Resource, provider: ResourceProvider, replaceKeys: readonly string[]): Step[] {
    this.condemned.delete(old.urn);
    this.replaced.add(next.urn);
    const step = { urn: next.urn, type: next.type, old, next, provider, replaceKeys };
    return [
      { op: "replace", ...step },
      { op: "create-replacement", ...step },
    ];
  }

  private condemn(dependent: Resource, keys: readonly string[], because: string): Step {
    if (dependent.protect) throw new PlanError(protectedReplacement(dependent.urn, because));
    this.condemned.set(dependent.urn, keys);
    this.deleted.add(dependent);
    return { ...this.deletion("delete-replaced", dependent), pendingReplacement: true, replaceKeys: keys };
  }

  /** Old resources that the replacement of `root` replaces too, because what they take from it asks for that; in order of dependency. */
  private dependentsToReplace(root: Resource): [Resource, readonly string[]][] {
    const affected = new Set([root.urn]);
    const reached = new Set([root.urn]);
    const result: [Resource, readonly string[]][] = [];
    for (const resource of this.base.slice(this.base.indexOf(root) + 1)) {
      if (this.seen.has(resource.urn) || this.deleted.has(resource) || resource.delete) continue;
      if (!resource.dependencies.some((urn) => reached.has(urn)) && !reached.has(resource.deletedWith)) continue;
      reached.add(resource.urn);
      if (!resource.custom || resource.external || resource.pendingReplacement) continue;
      const keys = this.replacedBy(resource, affected);
      if (keys === undefined) continue;
      affected.add(resource.urn);
      result.push([resource, keys]);
    }
    return result;
  }

  private replacedBy(resource: Resource, affected: ReadonlySet<string>): readonly string[] | undefined {
    if (resource.deletedWith !== "" && affected.has(resource.deletedWith)) return [];
    const inputs = inputsAfter(resource, affected);
    if (inputs === undefined) return undefined;
    const kept = keepOld(inputs, resource.inputs, resource.ignoreChanges);
    const found = difference(this.provider(resource.type), resource, kept, resource);
    return found.replace ? found.replaceKeys : undefined;
  }

  private deletion(op: "delete" | "delete-replaced" | "remove-pending-replace", old: Resource): Step {
    const owned = old.custom && old.provider !== "" && !old.external && !old.type.startsWith("pulumi:providers:");
    return { op, urn: old.urn, type: old.type, old, ...(owned && { provider: this.provider(old.type) }) };
  }
}

function protectedReplacement(urn: string, because?: string): string {
  const asPart = because === undefined ? "" : ` as part of replacing "${because}"`;
  return `unable to replace resource "${urn}"${asPart}\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`up\``;
}

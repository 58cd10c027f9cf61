import type { Checkpoint, PendingOperation } from "./checkpoint.ts";
import type { Resource } from "./state.ts";
import { equal } from "./values.ts";

/**
 * The state while an operation runs: resources seen so far first, then those of before that nothing was decided about. Saved at the
 * beginning and at the end of each step, so that a killed run leaves what it was doing.
 */
export class Snapshot {
  private base: readonly Resource[];
  private readonly save: (content: Checkpoint) => void;
  private readonly done = new Set<Resource>();
  private readonly fresh: Resource[] = [];
  private readonly pending = new Set<PendingOperation>();

  constructor(base: readonly Resource[], save: (content: Checkpoint) => void) {
    this.base = base;
    this.save = save;
  }

  content(): Checkpoint {
    const left = this.base.filter((resource) => !this.done.has(resource));
    const names = new Map(this.fresh.flatMap(({ urn, aliases }) => aliases.map((alias) => [alias, urn] as const)));
    const kept = names.size === 0 ? left : left.map((resource) => renamed(resource, names));
    // With every reference renamed, the old names have done their work.
    const fresh = this.fresh.map((resource) => (resource.aliases.length > 0 ? { ...resource, aliases: [] } : resource));
    return { resources: [...fresh, ...kept], pending: [...this.pending] };
  }

  /** Notes an operation before its first effect. Call the result when it has ended. */
  begin(resource: Resource, type: PendingOperation["type"]): () => void {
    const operation = { resource: { ...resource }, type };
    this.pending.add(operation);
    this.save(this.content());
    return () => this.pending.delete(operation);
  }

  /** `next` stands from now on, in place of `old`. */
  put(next: Resource, old?: Resource): void {
    if (old !== undefined) this.done.add(old);
    this.fresh.push(next);
    this.save(this.content());
  }

  /** As {@link put} for a resource that stays as it is: written only when something else about it changed. */
  same(next: Resource, old: Resource): void {
    this.done.add(old);
    this.fresh.push(next);
    if (mustWrite(old, next)) this.save(this.content());
  }

  remove(old: Resource): void {
    this.done.add(old);
    const at = this.fresh.indexOf(old);
    if (at >= 0) this.fresh.splice(at, 1);
    this.save(this.content());
  }

  /** Saves what was changed in place: outputs of components, marks on old resources. */
  flush(): void {
    this.save(this.content());
  }
}

const compared = [
  "urn",
  "type",
  "custom",
  "retainOnDelete",
  "provider",
  "parent",
  "deletedWith",
  "protect",
] as const satisfies readonly (keyof Resource)[];

function mustWrite(old: Resource, next: Resource): boolean {
  const sorted = (items: readonly string[]) => [...items].sort();
  return (
    compared.some((key) => old[key] !== next[key]) ||
    !equal(old.inputs, next.inputs) ||
    !equal(old.outputs, next.outputs) ||
    !equal(old.replacementTrigger, next.replacementTrigger) ||
    !equal(old.customTimeouts, next.customTimeouts) ||
    !equal(old.resourceHooks, next.resourceHooks) ||
    !equal(sorted(old.dependencies), sorted(next.dependencies))
  );
}

/** An old resource whose dependencies may have got new names in this run. */
function renamed(resource: Resource, names: ReadonlyMap<string, string>): Resource {
  const now = (urn: string) => names.get(urn) ?? urn;
  const { propertyDependencies } = resource;
  return {
    ...resource,
    parent: now(resource.parent),
    deletedWith: now(resource.deletedWith),
    dependencies: resource.dependencies.map(now),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, urns]) => [key, urns.map(now)]),
    ),
  };
}

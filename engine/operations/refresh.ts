import { contextOf, markOutputs } from "../apply.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { Progress } from "../display/progress.ts";
import { InitError, type ResourceProvider } from "../provider.ts";
import type { Resource } from "../state.ts";
import type { EngineEvent, Step } from "../steps.ts";
import { isProviderType } from "../urn.ts";
import { equal, markSecrets, plainProps, type RichProps } from "../values.ts";
import { confirmed } from "./confirm.ts";
import { type Io, type OpenStack, openStack, type StackRef } from "./open.ts";
import { operate } from "./operate.ts";
import { outputsOf } from "./outputs.ts";

export interface RefreshOptions extends StackRef {
  readonly providers: readonly ResourceProvider[];
  readonly yes?: boolean;
  readonly skipPreview?: boolean;
  readonly diff?: boolean;
  readonly message?: string;
}

interface RefreshInput {
  readonly stack: OpenStack;
  readonly state: { save(content: Checkpoint): void };
  readonly base: readonly Resource[];
  readonly providers: readonly ResourceProvider[];
  readonly dryRun: boolean;
  readonly diff?: boolean;
  readonly io: Io;
}

interface RefreshResult {
  readonly ok: boolean;
  readonly resources: readonly Resource[];
  readonly counts: Record<string, number>;
}

/** Brings the state in line with what is really there, without running the program. */
export async function refresh(options: RefreshOptions, io: Io): Promise<boolean> {
  const stack = openStack(options, io.env);
  return operate(stack, "refresh", options.message, io, async ({ state, begin }) => {
    const input = {
      stack,
      state,
      base: state.resources,
      providers: options.providers,
      io,
      ...(options.diff && { diff: true }),
    };
    const refused = { ok: false, counts: {} };
    if (!options.skipPreview && !(await refreshState({ ...input, dryRun: true })).ok) return refused;
    if (!(await confirmed(options, "Do you want to perform this refresh?", io))) return refused;
    await begin();
    return refreshState({ ...input, dryRun: false });
  });
}

/** Reads every resource, all at once; nothing is saved when one could not be read. */
export async function refreshState(input: RefreshInput): Promise<RefreshResult> {
  const { stack, base, dryRun, io } = input;
  const since = Date.now();
  io.out(`${dryRun ? "Previewing refresh" : "Refreshing"} (${stack.name}):\n`);
  const progress = new Progress({ print: io.out, planned: dryRun, diff: input.diff ?? false });
  const counts: Record<string, number> = {};
  const errors: string[] = [];
  const results = await Promise.all(
    base.map(async (old) => {
      try {
        const next = await readOne(old, input, progress.emit);
        const op = next === undefined ? "delete" : next === old ? "same" : "update";
        if (!isProviderType(old.type)) counts[op] = (counts[op] ?? 0) + 1;
        if (op !== "same") show(progress, op, old, next, dryRun);
        return next;
      } catch (error) {
        errors.push((error as Error).message);
        progress.emit({
          kind: "log",
          urn: old.urn,
          severity: "error",
          message: (error as Error).message,
          ephemeral: false,
        });
        return old;
      }
    }),
  );
  const resources = withoutDangling(results.filter((resource) => resource !== undefined));
  const ok = errors.length === 0 && !io.signal.aborted;
  if (!dryRun && ok) input.state.save({ resources, pending: [] });
  progress.finish({
    before: outputsOf(base),
    after: outputsOf(base),
    counts,
    errors: errors.length,
    milliseconds: Date.now() - since,
  });
  if (!ok) io.err(`error: ${dryRun ? "preview" : "refresh"} failed`);
  return { ok, resources, counts };
}

async function readOne(
  old: Resource,
  input: RefreshInput,
  emit: (event: EngineEvent) => void,
): Promise<Resource | undefined> {
  if (!old.custom || isProviderType(old.type) || old.pendingReplacement || old.external) return old;
  const provider = input.providers.find(({ type }) => type === old.type);
  if (provider === undefined)
    throw new Error(`the embedded engine has no provider for ${old.type}, so ${old.urn} cannot be read`);
  const context = contextOf(old, "read", { signal: input.io.signal, emit });
  try {
    const found = await provider.read(old.id, plainProps(old.inputs), plainProps(old.outputs), context);
    if (found === undefined) return undefined;
    return updated(old, markSecrets(found.inputs, old.inputs) as RichProps, markOutputs(old, found.outputs), []);
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    emit({
      kind: "log",
      urn: old.urn,
      severity: "warning",
      message: `in an unhealthy state: ${error.message}`,
      ephemeral: false,
    });
    return updated(old, old.inputs, markOutputs(old, error.outputs), error.reasons);
  }
}

function updated(old: Resource, inputs: RichProps, outputs: RichProps, initErrors: readonly string[]): Resource {
  if (equal(inputs, old.inputs) && equal(outputs, old.outputs) && equal(initErrors, old.initErrors)) return old;
  return { ...old, inputs, outputs, initErrors, modified: new Date().toISOString() };
}

/** What is gone is no dependency any more: the state must not name it. */
function withoutDangling(resources: readonly Resource[]): Resource[] {
  const urns = new Set(resources.map(({ urn }) => urn));
  const there = (list: readonly string[]) => list.filter((urn) => urns.has(urn));
  return resources.map((resource) => ({
    ...resource,
    dependencies: there(resource.dependencies),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, list]) => [key, there(list)]),
    ),
    ...(resource.deletedWith !== "" && !urns.has(resource.deletedWith) && { deletedWith: "" }),
  }));
}

function show(
  progress: Progress,
  op: "delete" | "update",
  old: Resource,
  next: Resource | undefined,
  dryRun: boolean,
): void {
  const step: Step = { op, urn: old.urn, type: old.type, old, ...(next && { next }), diff: changed(old, next) };
  progress.emit({ kind: "start", step });
  if (!dryRun) progress.emit({ kind: "done", step, milliseconds: 0 });
}

function changed(old: Resource, next: Resource | undefined): Record<string, "update"> {
  const keys =
    next === undefined
      ? []
      : Object.keys({ ...old.outputs, ...next.outputs }).filter((key) => !equal(old.outputs[key], next.outputs[key]));
  return Object.fromEntries(keys.filter((key) => !key.startsWith("__")).map((key) => [key, "update"]));
}

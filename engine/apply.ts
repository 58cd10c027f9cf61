import type { HookKind, Hooks } from "./hooks.ts";
import { InitError, type OperationContext, type Props, unknown } from "./provider.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Resource } from "./state.ts";
import type { EngineEvent, Step } from "./steps.ts";
import { equal, markSecrets, own, plainProps, type Rich, type RichProps, Secret } from "./values.ts";

export interface ApplyOptions {
  readonly dryRun: boolean;
  readonly snapshot: Snapshot;
  readonly hooks: Hooks;
  readonly emit: (event: EngineEvent) => void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether the resource of this URN is deleted in this run, which takes what is `deletedWith` it along. */
  readonly isDeleted: (urn: string) => boolean;
  /** Hears of a failed after hook: the step itself has succeeded. */
  readonly fail: (urn: string, message: string) => void;
}

/** Does what a step says: hooks, the provider's part, and the state before and after it. Throws when it failed. */
export async function apply(step: Step, options: ApplyOptions): Promise<void> {
  switch (step.op) {
    case "same":
      return keep(step.next!, step.old!, options);
    case "create":
    case "create-replacement":
      return create(step, step.next!, options);
    case "update":
      return update(step, step.next!, step.old!, options);
    case "delete":
    case "delete-replaced":
      return remove(step, step.old!, options);
    case "remove-pending-replace":
      return options.snapshot.remove(step.old!);
    default:
      return;
  }
}

/** Runs an after hook; its failure fails the run, not the step. */
export async function afterHook(kind: HookKind, options: ApplyOptions, next?: Resource, old?: Resource): Promise<void> {
  const { urn, resourceHooks } = (next ?? old)!;
  try {
    await options.hooks.run(kind, resourceHooks, options.dryRun, { urn, ...(next && { next }), ...(old && { old }) });
  } catch (error) {
    options.fail(urn, (error as Error).message);
  }
}

export function contextOf(
  resource: Resource,
  operation: string,
  options: Pick<ApplyOptions, "signal" | "emit">,
): OperationContext {
  const limit = resource.customTimeouts[operation];
  const timeout = limit === undefined ? [] : [AbortSignal.timeout(limit * 1000)];
  return {
    urn: resource.urn,
    signal: AbortSignal.any([options.signal, ...timeout]),
    log: (severity, message, ephemeral = false) =>
      options.emit({ kind: "log", urn: resource.urn, severity, message, ephemeral }),
  };
}

/** A provider's outputs with the secrets of the inputs and of `additionalSecretOutputs` marked. */
export function markOutputs(resource: Pick<Resource, "inputs" | "additionalSecretOutputs">, outputs: Props): RichProps {
  const marked = { ...(markSecrets(outputs, resource.inputs) as Record<string, Rich>) };
  for (const key of resource.additionalSecretOutputs) {
    const value = own(marked, key);
    if (value !== undefined) marked[key] = new Secret(value);
  }
  return marked;
}

function keep(next: Resource, old: Resource, { snapshot }: ApplyOptions): void {
  next.id = old.id;
  next.outputs = old.outputs;
  next.initErrors = old.initErrors;
  // The very same objects, so that unchanged secrets keep their ciphertexts.
  if (equal(old.inputs, next.inputs)) next.inputs = old.inputs;
  snapshot.same(next, old);
}

async function create(step: Step, next: Resource, options: ApplyOptions): Promise<void> {
  const { dryRun, snapshot } = options;
  await options.hooks.run("BeforeCreate", next.resourceHooks, dryRun, { urn: next.urn, next });
  const end = snapshot.begin(next, "creating");
  const failure = await effect(step, next, options, end, async () => {
    if (!next.custom) return;
    if (dryRun) {
      next.outputs = withoutDefaults(next.inputs);
      return;
    }
    const made = await step.provider!.create(plainProps(next.inputs), contextOf(next, "create", options));
    next.id = made.id;
    next.outputs = markOutputs(next, made.outputs);
  });
  next.created = new Date().toISOString();
  next.modified = next.created;
  if (step.pendingDelete && !dryRun) step.old!.delete = true;
  snapshot.put(next, step.old?.pendingReplacement ? step.old : undefined);
  if (failure !== undefined) throw failure;
  if (next.custom) await afterHook("AfterCreate", options, next);
}

async function update(step: Step, next: Resource, old: Resource, options: ApplyOptions): Promise<void> {
  const { dryRun, snapshot } = options;
  next.id = old.id;
  await options.hooks.run("BeforeUpdate", next.resourceHooks, dryRun, { urn: next.urn, next, old });
  const end = snapshot.begin(next, "updating");
  const failure = await effect(step, next, options, end, async () => {
    if (!next.custom || dryRun) {
      next.outputs = next.custom ? expectedOutputs(step, next, old) : old.outputs;
      return;
    }
    const [inputs, before, outputs] = [next.inputs, old.inputs, old.outputs].map(plainProps) as [Props, Props, Props];
    next.outputs = markOutputs(
      next,
      await step.provider!.update(old.id, before, outputs, inputs, contextOf(next, "update", options)),
    );
    next.modified = new Date().toISOString();
  });
  snapshot.put(next, old);
  if (failure !== undefined) throw failure;
  if (next.custom) await afterHook("AfterUpdate", options, next, old);
}

async function remove(step: Step, old: Resource, options: ApplyOptions): Promise<void> {
  const { dryRun, snapshot } = options;
  await options.hooks.run("BeforeDelete", old.resourceHooks, dryRun, { urn: old.urn, old });
  if (step.op === "delete" && old.protect) throw new Error(protectedDeletion(old.urn, dryRun));
  const untouched = dryRun || step.provider === undefined || old.retainOnDelete || options.isDeleted(old.deletedWith);
  const end = snapshot.begin(old, "deleting");
  await effect(step, old, options, end, async () => {
    if (untouched) return;
    await step.provider.delete(
      old.id,
      plainProps(old.inputs),
      plainProps(old.outputs),
      contextOf(old, "delete", options),
    );
  });
  if (step.pendingReplacement) {
    if (!dryRun) old.pendingReplacement = true;
    snapshot.flush();
  } else snapshot.remove(old);
  await afterHook("AfterDelete", options, undefined, old);
}

/**
 * Runs the provider's part of a step between its begin and its end in the state. An InitError leaves a resource behind, which is kept
 * with its reasons: it is returned. Every other error means that nothing changed: it is thrown, with the pending operation cleared.
 */
async function effect(
  step: Step,
  next: Resource,
  options: ApplyOptions,
  end: () => void,
  run: () => Promise<void>,
): Promise<Error | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof InitError) {
      next.id = error.id || step.old?.id || "";
      next.outputs = markOutputs(next, error.outputs);
      next.initErrors = error.reasons;
      return error;
    }
    end();
    options.snapshot.flush();
    throw error;
  } finally {
    end();
  }
}

function withoutDefaults(inputs: RichProps): RichProps {
  const { __defaults: _, ...outputs } = inputs;
  return outputs;
}

/** What a preview knows of the outputs after an update: the new inputs, and of the rest what the provider says stays. */
function expectedOutputs(step: Step, next: Resource, old: Resource): RichProps {
  const keeps = step.provider?.updateKeepsOutputs !== false;
  const rest = Object.entries(old.outputs).filter(
    ([key]) => own(next.inputs, key) === undefined && (keeps || own(old.inputs, key) === undefined),
  );
  return {
    ...Object.fromEntries(rest.map(([key, value]) => [key, keeps ? value : unknown])),
    ...withoutDefaults(next.inputs),
  };
}

function protectedDeletion(urn: string, dryRun: boolean): string {
  const text = `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`up\``;
  return dryRun ? `Preview failed: ${text}` : text;
}

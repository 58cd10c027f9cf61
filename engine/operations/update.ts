import type { Checkpoint } from "../checkpoint.ts";
import { Digest } from "../display/digest.ts";
import { Progress } from "../display/progress.ts";
import { Hooks } from "../hooks.ts";
import type { ResourceProvider } from "../provider.ts";
import { redacting } from "../redact.ts";
import { type RunResult, runProgram } from "../run.ts";
import { Snapshot } from "../snapshot.ts";
import type { Resource } from "../state.ts";
import type { EngineEvent } from "../steps.ts";
import { confirmed } from "./confirm.ts";
import { type Io, type LoadedState, type OpenStack, openOrMakeStack, openStack, type StackRef } from "./open.ts";
import { operate } from "./operate.ts";
import { outputsOf } from "./outputs.ts";
import { programConfig } from "./program-config.ts";
import { refreshState } from "./refresh.ts";

export interface PreviewOptions extends StackRef {
  readonly providers: readonly ResourceProvider[];
  readonly diff?: boolean;
  /** Print a PreviewDigest and nothing else. */
  readonly json?: boolean;
  readonly expectNoChanges?: boolean;
  readonly refresh?: boolean;
  readonly message?: string;
}

export interface UpOptions extends Omit<PreviewOptions, "json"> {
  readonly yes?: boolean;
  readonly skipPreview?: boolean;
}

/** Shows what `up` would do. Changes nothing and takes no lock. Resolves to whether it may be done. */
export async function preview(options: PreviewOptions, io: Io): Promise<boolean> {
  const stack = openStack(options, io.env);
  const state = stack.load();
  if (options.refresh)
    throw new Error("preview --refresh is not supported by the embedded engine; run `switchback refresh` first");
  return runPreview(stack, state.resources, options, io);
}

/** Preview, question, update. Resolves to whether it succeeded; a "no" to the question counts as not. */
export async function up(options: UpOptions, io: Io): Promise<boolean> {
  const stack = openOrMakeStack(options, io);
  return operate(stack, "update", options.message, io, async ({ state, begin }) => {
    let base = state.resources;
    if (options.refresh) {
      const refreshed = await refreshState({ stack, state, base, providers: options.providers, dryRun: false, io });
      if (!refreshed.ok) return { ok: false, counts: {} };
      base = refreshed.resources;
    }
    if (!options.skipPreview && !(await runPreview(stack, base, options, io))) return { ok: false, counts: {} };
    if (!(await confirmed(options, "Do you want to perform this update?", io))) return { ok: false, counts: {} };
    await begin();
    return runUpdate(stack, state, base, options, io);
  });
}

async function runPreview(
  stack: OpenStack,
  base: readonly Resource[],
  options: PreviewOptions,
  io: Io,
): Promise<boolean> {
  const since = Date.now();
  const digest = options.json ? new Digest() : undefined;
  const progress = new Progress({ print: digest ? () => {} : io.out, planned: true, diff: options.diff ?? false });
  if (!digest) io.out(`Previewing update (${stack.name}):\n`);
  const result = await run(
    stack,
    base,
    { ...options, dryRun: true, save: () => {}, emit: digest?.emit ?? progress.emit },
    io,
  );
  const unexpected = result.ok && unexpectedChanges(options, result);
  const milliseconds = Date.now() - since;
  if (digest) io.out(digest.render(programConfig(stack).shown, result.counts, milliseconds));
  const errors = result.errors.length;
  progress.finish({ before: outputsOf(base), after: result.outputs, counts: result.counts, errors, milliseconds });
  if (unexpected) io.err("error: no changes were expected but changes were proposed");
  return result.ok && !unexpected;
}

async function runUpdate(
  stack: OpenStack,
  state: LoadedState,
  base: readonly Resource[],
  options: UpOptions,
  io: Io,
): Promise<RunResult> {
  const since = Date.now();
  const before = outputsOf(base);
  const progress = new Progress({ print: io.out, planned: false, diff: options.diff ?? false });
  io.out(`Updating (${stack.name}):\n`);
  const result = await run(
    stack,
    base,
    { ...options, dryRun: false, save: (content) => state.save(content), emit: progress.emit },
    io,
  );
  const errors = result.errors.length;
  progress.finish({ before, after: result.outputs, counts: result.counts, errors, milliseconds: Date.now() - since });
  if (!result.ok) io.err("error: update failed");
  const unexpected = result.ok && unexpectedChanges(options, result);
  if (unexpected) io.err("error: no changes were expected but changes occurred");
  return { ...result, ok: result.ok && !unexpected };
}

interface RunOptions {
  readonly providers: readonly ResourceProvider[];
  readonly message?: string;
  readonly dryRun: boolean;
  readonly save: (content: Checkpoint) => void;
  readonly emit: (event: EngineEvent) => void;
}

async function run(stack: OpenStack, base: readonly Resource[], options: RunOptions, io: Io): Promise<RunResult> {
  const { config, secretKeys, secretTexts } = programConfig(stack);
  const snapshot = new Snapshot(base, options.save);
  const hooks = new Hooks((urn, message) => emit({ kind: "log", urn, severity: "warning", message, ephemeral: false }));
  const { providers, dryRun } = options;
  const emit = redacting(options.emit, secretTexts);
  const names = { stack: stack.name, project: stack.project.name };
  const env = { ...io.env, ...(options.message !== undefined && { SWITCHBACK_REASON: options.message }) };
  const program = { ...names, root: stack.project.root, config, secretKeys, env };
  const result = await runProgram(
    { ...names, base, snapshot, hooks, providers, dryRun, emit, signal: io.signal },
    program,
  );
  // What a run left unsaved because nothing seemed to change is written once, with the pending operations of an earlier run gone.
  if (!dryRun) snapshot.flush();
  return result;
}

function unexpectedChanges(options: { expectNoChanges?: boolean }, result: RunResult): boolean {
  return (
    options.expectNoChanges === true && Object.entries(result.counts).some(([op, count]) => op !== "same" && count > 0)
  );
}

import { runDeletions } from "../deletions.ts";
import { Progress } from "../display/progress.ts";
import { Executor } from "../executor.ts";
import { Hooks } from "../hooks.ts";
import { Planner } from "../planner.ts";
import type { ResourceProvider } from "../provider.ts";
import { redacting } from "../redact.ts";
import { Snapshot } from "../snapshot.ts";
import { confirmed } from "./confirm.ts";
import { type Io, type LoadedState, type OpenStack, openStack, type StackRef } from "./open.ts";
import { operate } from "./operate.ts";
import { outputsOf } from "./outputs.ts";

export interface DestroyOptions extends StackRef {
  readonly providers: readonly ResourceProvider[];
  readonly yes?: boolean;
  readonly skipPreview?: boolean;
  readonly diff?: boolean;
  readonly message?: string;
}

/** Deletes all resources of the stack in reverse order of dependency, without running the program. The stack itself stays. */
export async function destroy(options: DestroyOptions, io: Io): Promise<boolean> {
  const stack = openStack(options, io.env);
  return operate(stack, "destroy", options.message, io, async ({ state, begin }) => {
    const refused = { ok: false, counts: {} };
    const hooked = state.resources.find(({ resourceHooks }) => resourceHooks.BeforeDelete || resourceHooks.AfterDelete);
    if (hooked !== undefined)
      throw new Error(
        `${hooked.urn} has delete hooks, which only the program can run: remove it from the program and run up`,
      );
    if (!options.skipPreview && !(await run(stack, state, options, true, io)).ok) return refused;
    if (!(await confirmed(options, "Do you want to perform this destroy?", io))) return refused;
    await begin();
    return run(stack, state, options, false, io);
  });
}

async function run(stack: OpenStack, state: LoadedState, options: DestroyOptions, dryRun: boolean, io: Io) {
  const since = Date.now();
  io.out(`${dryRun ? "Previewing destroy" : "Destroying"} (${stack.name}):\n`);
  const progress = new Progress({ print: io.out, planned: dryRun, diff: options.diff ?? false });
  const base = state.resources;
  const before = outputsOf(base);
  const snapshot = new Snapshot(base, dryRun ? () => {} : (content) => state.save(content));
  const hooks = new Hooks(() => {});
  const executor = new Executor({ dryRun, snapshot, hooks, emit: redacting(progress.emit, []), signal: io.signal });
  const planner = new Planner(base, {
    stack: stack.name,
    project: stack.project.name,
    dryRun,
    providers: options.providers,
  });
  const ok = await runDeletions(planner.leftovers(), executor);
  if (!dryRun) snapshot.flush();
  const outputs = ok ? {} : before;
  progress.finish({
    before,
    after: outputs,
    counts: executor.counts,
    errors: executor.errors.length,
    milliseconds: Date.now() - since,
  });
  if (!ok) io.err(`error: ${dryRun ? "preview" : "destroy"} failed`);
  if (ok && !dryRun)
    io.out(
      `The resources in the stack have been deleted; its history and config stay. To remove it: switchback stack rm ${stack.name}`,
    );
  return { ok, counts: executor.counts };
}

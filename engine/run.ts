import { Deployment, type DeploymentOptions } from "./deployment.ts";
import { serveMonitor } from "./monitor.ts";
import { type ProgramOptions, startProgram } from "./program.ts";
import type { RichProps } from "./values.ts";

export interface RunResult {
  readonly ok: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  /** Undefined when the program did not get as far as naming them. */
  readonly outputs?: RichProps;
}

/** The SDK's runner exits so when it has already logged the program's error. */
const alreadyLogged = 32;

/** Runs the program once, as a preview or for real: its registrations, then the deletions, and waits for it to leave. */
export async function runProgram(
  options: DeploymentOptions,
  program: Omit<ProgramOptions, "monitor" | "line" | "dryRun">,
): Promise<RunResult> {
  const deployment = new Deployment(options);
  const { executor } = deployment;
  const monitor = await serveMonitor(deployment, options.hooks);

  const child = startProgram({
    ...program,
    monitor: monitor.address,
    dryRun: options.dryRun,
    line(message) {
      // What it prints once its calls are cut off is about that, and says nothing new.
      if (executor.failed) return;
      options.emit({ kind: "log", urn: deployment.stackUrn, severity: "info", message, ephemeral: false });
    },
  });
  const code = await Promise.race([child.exit, executor.stopped.then(() => undefined)]);
  if (code === undefined) {
    // Unanswered calls end with the server, and with them the program.
    monitor.close();
    await child.end();
  } else {
    await executor.idle();
    if (code === alreadyLogged) executor.errors.push("the program failed");
    else if (code !== 0) executor.fail(deployment.stackUrn, `the program exited with code ${code}`);
    if (code === 0 && !monitor.ended() && !executor.failed) await deployment.deleteLeftovers();
    monitor.close();
  }
  if (options.signal.aborted) executor.fail(deployment.stackUrn, "cancelled");
  await deployment.finish();
  return {
    ok: !executor.failed,
    counts: executor.counts,
    errors: executor.errors,
    ...(deployment.stackOutputs !== undefined && { outputs: deployment.stackOutputs }),
  };
}

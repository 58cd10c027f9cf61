import { spawn } from "node:child_process";
import type { OperationContext, Props } from "../../provider.ts";
import { lineSink } from "./lines.ts";
import { quoted } from "./quoted.ts";

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one command text by its interpreter and resolves with what it printed, one trailing newline taken off. Rejects with
 * `exit status N: running "<text>":` and all it printed. An abort kills the command and everything that it started.
 */
export async function run(
  text: string,
  inputs: Props,
  previous: Output | undefined,
  context: OperationContext,
): Promise<Output> {
  const interpreter = (inputs.interpreter as readonly string[] | undefined) ?? [];
  const [file, ...args] = [...(interpreter.length > 0 ? interpreter : ["/bin/sh", "-c"]), text];
  const child = spawn(file!, args, {
    cwd: inputs.dir as string | undefined,
    env: environment(inputs, previous),
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const kill = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  context.signal.addEventListener("abort", kill);
  if (context.signal.aborted) kill();
  const collected = collect(child, String(inputs.logging ?? "stdoutAndStderr"), context);
  // A command that does not read its input closes the pipe early; that is no failure.
  child.stdin.on("error", () => {});
  child.stdin.end(inputs.stdin as string | undefined);
  try {
    const failure = await new Promise<string | undefined>((resolve) => {
      child.on("error", (error) => resolve(startFailure(error, inputs)));
      child.on("close", (code, signal) =>
        resolve(code === 0 ? undefined : signal ? `signal: ${signalName(signal)}` : `exit status ${code}`),
      );
    });
    const printed = collected();
    if (failure !== undefined) throw new Error(`${failure}: running ${quoted(text)}:\n${printed.both}`);
    return { stdout: printed.stdout.replace(/\n$/, ""), stderr: printed.stderr.replace(/\n$/, "") };
  } finally {
    context.signal.removeEventListener("abort", kill);
  }
}

function environment(inputs: Props, previous: Output | undefined): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    SWITCHBACK_ENGINE: "embedded",
    ...(inputs.environment as Record<string, string> | undefined),
  };
  if (previous === undefined || inputs.addPreviousOutputInEnv === false) return env;
  if (previous.stdout !== "") env.PULUMI_COMMAND_STDOUT = previous.stdout;
  if (previous.stderr !== "") env.PULUMI_COMMAND_STDERR = previous.stderr;
  return env;
}

function collect(child: ReturnType<typeof spawn>, logging: string, context: OperationContext) {
  const parts: { name: "stdout" | "stderr"; data: Buffer }[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    const shown = logging === name || logging === "stdoutAndStderr";
    const sink = lineSink((line) => context.log("info", line, true));
    child[name]?.on("data", (data: Buffer) => {
      parts.push({ name, data });
      if (shown) sink.write(data);
    });
    child[name]?.on("end", () => sink.end());
  }
  const joined = (name?: string) =>
    Buffer.concat(parts.filter((part) => name === undefined || part.name === name).map((part) => part.data)).toString(
      "utf8",
    );
  return () => ({ stdout: joined("stdout"), stderr: joined("stderr"), both: joined() });
}

/** A command is the leader of its own process group, so that what it started dies with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

function startFailure(error: NodeJS.ErrnoException, inputs: Props): string {
  const reason = error.code === "ENOENT" ? "no such file or directory" : (error.code ?? error.message);
  return `cannot start ${error.path ?? "the interpreter"}${inputs.dir ? ` in ${String(inputs.dir)}` : ""}: ${reason}`;
}

const signalName = (signal: NodeJS.Signals): string =>
  signal === "SIGKILL" ? "killed" : signal === "SIGTERM" ? "terminated" : signal;

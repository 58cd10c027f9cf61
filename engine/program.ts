import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface ProgramOptions {
  readonly root: string;
  readonly project: string;
  readonly stack: string;
  readonly monitor: string;
  readonly dryRun: boolean;
  /** `{"project:key": value}`, secrets in clear. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Hears each line that the program prints. */
  readonly line: (text: string, stream: "stdout" | "stderr") => void;
}

export interface Program {
  /** The exit code; a signal counts as 1. */
  readonly exit: Promise<number>;
  /** Ends the program that waits for an answer it will not get: it may first leave by itself. */
  end(): Promise<void>;
}

/** Time in milliseconds for the program to leave by itself, and again after SIGTERM. */
const grace = 2000;

/** Starts the unmodified program under the SDK's own runner, in a process group of its own so that Ctrl-C reaches the engine only. */
export function startProgram(options: ProgramOptions): Program {
  const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run/index.js");
  const watchdog = fileURLToPath(new URL("watchdog.cjs", import.meta.url));
  const { monitor, project, stack, root } = options;
  const flags = {
    monitor,
    engine: monitor,
    project,
    stack,
    organization: "organization",
    "root-directory": root,
    pwd: root,
    parallel: "16",
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(
    process.execPath,
    ["--require", watchdog, runner, ...args, ...(options.dryRun ? ["--dry-run"] : []), "."],
    {
      cwd: root,
      env: {
        ...options.env,
        PULUMI_CONFIG: JSON.stringify(options.config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys),
      },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    },
  );
  for (const stream of ["stdout", "stderr"] as const) {
    createInterface({ input: child[stream]! }).on("line", (text) => options.line(text, stream));
  }
  const exit = new Promise<number>((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => resolve(code ?? 1));
  });
  return {
    exit,
    async end() {
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        const left = await Promise.race([
          exit,
          new Promise<void>((resolve) => void setTimeout(resolve, grace).unref()),
        ]);
        if (left !== undefined) return;
        try {
          process.kill(-child.pid!, signal);
        } catch {
          // It has just left.
        }
      }
      await exit;
    },
  };
}

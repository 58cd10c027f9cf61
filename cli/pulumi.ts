import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { clearDeadLocks } from "../engine/lock.ts";
import { loadProject, type Project } from "../engine/project.ts";
import { afterDestroy } from "./after-destroy.ts";
import { afterUp, byCommand } from "./after-up.ts";
import { take } from "./args.ts";
import { createWhenMissing } from "./first-up.ts";
import { isFolder, keepState, stateInFolder } from "./keep-state.ts";

/** Commands that change the state. */
const changing = ["up", "destroy", "refresh"];

/** Runs the real CLI with the same command line. Resolves to its exit code. */
export async function runPulumi(
  binary: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const project = loadProject(cwd);
  const { backend, env: given } = cliEnvironment(project, env);
  if (!backend.chosen) {
    mkdirSync(fileURLToPath(backend.url), { recursive: true });
    if (env.PULUMI_CONFIG_PASSPHRASE === undefined && !env.PULUMI_CONFIG_PASSPHRASE_FILE) {
      console.error(
        "note: state in a folder encrypts its secrets with PULUMI_CONFIG_PASSPHRASE, which is not set; set it (empty is allowed)",
      );
    }
  }
  const [command] = args;
  if (changing.includes(command ?? "")) clearLocks(backend.url, project.name);
  const reason = messageOf(args);
  const own = { ...(reason !== undefined && { SWITCHBACK_REASON: reason }), ...(command === "up" && byCommand) };
  const ownEnv = { ...given, ...own };
  const { value: stack } = take(args, "--stack", "-s");
  if (command === "up") createWhenMissing({ binary, project, stack, backend: backend.url, env: ownEnv });
  const named = () => (stack ?? selectedStack(binary, cwd, ownEnv))?.split("/").at(-1);
  const destroyed = command === "destroy" ? named() : undefined;
  const child = spawn(binary, mapped(args), { cwd, stdio: "inherit", env: ownEnv });
  const began = Date.now();
  let interrupted = false;
  // Ctrl-C reaches the CLI by itself.
  process.on("SIGINT", () => {
    interrupted = true;
  });
  process.on("SIGTERM", () => {
    interrupted = true;
    child.kill("SIGTERM");
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exit) => resolve(exit ?? 1));
  });
  const upped = command === "up" ? named() : undefined;
  if (upped) {
    if (reason !== undefined) process.env.SWITCHBACK_REASON = reason;
    await afterUp({ stack: upped, root: project.root, ok: code === 0, interrupted, began });
  }
  if (code === 0 && changing.includes(command ?? "")) {
    const changed = destroyed ?? (isFolder(backend.url) ? named() : undefined);
    if (changed) await keepState(changed, stateInFolder(backend.url, project.name, changed));
  }
  if (code === 0 && destroyed) await afterDestroy(destroyed);
  return code;
}

/** The environment that the CLI and what it runs get, and the backend in it. */
export function cliEnvironment(project: Project, env: NodeJS.ProcessEnv) {
  const backend = backendUrl(project, env);
  return {
    backend,
    env: {
      ...env,
      ...(backend.chosen ? {} : { PULUMI_BACKEND_URL: backend.url }),
      PATH: [dirname(process.execPath), env.PATH].join(delimiter),
      PULUMI_SKIP_UPDATE_CHECK: "1",
      NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(project.root, ".switchback", "cache"),
    } as NodeJS.ProcessEnv,
  };
}

/** Pulumi's own place for our commands: `output` is `stack output`. */
export function mapped(args: readonly string[]): string[] {
  const [command = "", ...rest] = args;
  return command === "output" ? ["stack", command, ...rest] : [...args];
}

/** The text of --message or -m. */
export function messageOf(args: readonly string[]): string | undefined {
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return undefined;
    if (arg === "--message" || arg === "-m") return args[i + 1];
    if (arg.startsWith("--message=")) return arg.slice("--message=".length);
  }
  return undefined;
}

/** The backend that the CLI would use; a folder of the project when nobody has chosen one. */
export function backendUrl(project: Project, env: NodeJS.ProcessEnv): { url: string; chosen: boolean } {
  const inFile = (parse(readFileSync(join(project.root, "Pulumi.yaml"), "utf8")) as { backend?: { url?: string } })
    .backend?.url;
  const credentials = join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json");
  const login = existsSync(credentials)
    ? (JSON.parse(readFileSync(credentials, "utf8")) as { current?: string }).current
    : undefined;
  const url = env.PULUMI_BACKEND_URL || inFile || login;
  return url ? { url, chosen: true } : { url: `file://${join(project.root, ".switchback", "pulumi")}`, chosen: false };
}

/** Name of the stack that commands without --stack mean; undefined: none is selected. */
export function selectedStack(binary: string, cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  const { stdout } = spawnSync(binary, ["stack", "--show-name", "--non-interactive"], { cwd, env, encoding: "utf8" });
  return stdout?.trim() || undefined;
}

function clearLocks(backend: string, project: string): void {
  if (!backend.startsWith("file://")) return;
  const path = backend.slice("file://".length).replace(/^~/, homedir());
  const folder = join(path, ".pulumi", "locks", "organization", project);
  if (!existsSync(folder)) return;
  for (const stack of readdirSync(folder))
    clearDeadLocks(join(folder, stack), (line) => console.error(`switchback: ${stack}: ${line}`));
}

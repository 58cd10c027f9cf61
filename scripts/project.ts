import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "../operations/live/docker.ts";
import { removeLabelled } from "./leftovers.ts";

/** The repository this file belongs to. */
export const repository = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export interface ProjectArgs {
  /** Name of the stack; commands get `--stack <name>` unless they say one themselves. */
  readonly stack: string;
  /** Text of `Pulumi.<stack>.yaml`; default: a copy of the repository's own. */
  readonly configYaml?: string;
  /** Folder to make the project in; default: a new one under the system's temporary folder. */
  readonly dir?: string;
  /** Top-level entries to copy instead of linking, so that they can be changed, such as `releases`. */
  readonly copies?: readonly string[];
  /** Environment of every command, over the process's own; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Project {
  readonly dir: string;
  readonly stack: string;
  readonly configFile: string;
  /** Runs `switchback <args>` to its end; never throws for an exit code. */
  switchback(...args: string[]): Promise<CommandResult>;
  /** Runs `switchback <args>` and throws with its output unless it ends with 0. */
  ok(...args: string[]): Promise<CommandResult>;
  /** Runs a line of bash in the project's folder, where `npx switchback` is this repository's. @param flags of each such command */
  shell(line: string, flags?: string): Promise<CommandResult>;
  /** Runs `switchback config set --secret --path secrets.<name>` with the value on its standard input. */
  setSecret(name: string, value: string): Promise<void>;
  /** Starts `switchback <args>` in its own process group and returns at once, for a test that kills it. */
  start(...args: string[]): ChildProcess;
  /** Replaces the text of `Pulumi.<stack>.yaml`. */
  configure(yaml: string): void;
  /** Kills commands that still run, removes everything of this stack from Docker, found by label, then the folder. */
  cleanup(): Promise<void>;
}

/**
 * Makes a project folder of links to the repository's entries, with its own stack file and its own `.switchback`
 * folder, so that a run changes neither the repository nor another run.
 */
export function makeProject(args: ProjectArgs): Project {
  const { stack } = args;
  const dir = args.dir ?? mkdtempSync(path.join(tmpdir(), `switchback-${stack}-`));
  const configFile = path.join(dir, `Pulumi.${stack}.yaml`);
  const configure = (yaml: string) => writeFileSync(configFile, yaml);
  link(dir, args.copies ?? []);
  if (args.configYaml === undefined) cpSync(path.join(repository, `Pulumi.${stack}.yaml`), configFile);
  else configure(args.configYaml);

  const running = new Set<ChildProcess>();
  const start = (...words: string[]) => begin("ignore", words);
  const cli = path.join(repository, "cli", "switchback.mjs");
  const begin = (stdin: "ignore" | "pipe", words: readonly string[]) => {
    const named = words.includes("--stack") || words.includes("-s") ? words : [...words, "--stack", stack];
    return run(stdin, process.execPath, [cli, ...named]);
  };
  const run = (stdin: "ignore" | "pipe", command: string, words: readonly string[]) => {
    const env = { ...process.env, ...ownBackend(dir), ...args.env };
    const child = spawn(command, words, {
      cwd: dir,
      env,
      detached: true,
      stdio: [stdin, "pipe", "pipe"],
    });
    running.add(child);
    child.once("close", () => running.delete(child));
    return child;
  };
  const switchback = (...words: string[]) => finished(start(...words));
  const shell = (line: string, flags = "") => {
    const npx = `npx() { shift; "${process.execPath}" "${cli}" "$@" ${flags}; }`;
    return finished(run("ignore", "bash", ["-o", "pipefail", "-euc", `${npx}\n${line}`]));
  };
  const ok = async (...words: string[]) => succeeded(words, await switchback(...words));
  const setSecret = async (name: string, value: string) => {
    const words = ["config", "set", "--secret", "--path", `secrets.${name}`];
    const child = begin("pipe", words);
    child.stdin?.end(value);
    succeeded(words, await finished(child));
  };
  const cleanup = async () => {
    await Promise.all([...running].map(ended));
    await removeLabelled(connect(), [`switchback.stack=${stack}`]);
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, stack, configFile, switchback, ok, shell, setSecret, start, configure, cleanup };
}

function link(dir: string, copies: readonly string[]): void {
  mkdirSync(path.join(dir, ".switchback"), { recursive: true });
  for (const entry of readdirSync(repository)) {
    if (entry === ".git" || entry === ".switchback" || /^Pulumi\..+\.yaml$/.test(entry)) continue;
    if (existsSync(path.join(dir, entry))) continue;
    if (copies.includes(entry)) cpSync(path.join(repository, entry), path.join(dir, entry), { recursive: true });
    else symlinkSync(path.join(repository, entry), path.join(dir, entry));
  }
  const images = path.join(repository, ".switchback", "images.json");
  if (existsSync(images)) cpSync(images, path.join(dir, ".switchback", "images.json"));
}

/** State of its own for the pulumi CLI as well, whatever the user is logged in to. */
function ownBackend(dir: string): Record<string, string> {
  const state = path.join(dir, ".switchback", "pulumi");
  mkdirSync(state, { recursive: true });
  const passphrase = process.env.PULUMI_CONFIG_PASSPHRASE ?? "";
  return { PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: passphrase };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    // The whole group: an engine has started the program and operations.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
}

function succeeded(words: readonly string[], result: CommandResult): CommandResult {
  if (result.code === 0) return result;
  throw new Error(
    `expected \`switchback ${words.join(" ")}\` to end with 0, got ${result.code ?? result.signal}:\n${result.stdout}\n${result.stderr}`,
  );
}

function finished(child: ChildProcess): Promise<CommandResult> {
  const began = performance.now();
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ code, signal, stdout, stderr, seconds: (performance.now() - began) / 1000 }),
    );
  });
}

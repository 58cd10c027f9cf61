import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { descendants, type EngineName, finished, killIfThere, type Ran, root, startEngine } from "./engines.ts";
import { containersOf, removeLeftovers } from "./live.ts";
import {
  type Deployment,
  type Digest,
  type HistoryEntry,
  normaliseHistory,
  normaliseState,
  type Outcome,
  stepsOf,
} from "./normalise.ts";
import type { Described } from "./programs/lab/described.ts";

export interface Change {
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly throws?: boolean;
  /** More arguments for the engine. */
  readonly args?: readonly string[];
  /** The exit is expected not to be 0; what is printed must match. */
  readonly fails?: RegExp;
}

const templates: Partial<Record<EngineName, Promise<string>>> = {};

async function template(engine: EngineName): Promise<string> {
  const lab = new Lab(engine);
  await lab.run(["stack", "init", "lab"]);
  for (const own of ["node_modules", "effects.log"]) rmSync(join(lab.folder, own));
  return lab.folder;
}

/** Removes what the labs of this file were copied from. */
export async function removeTemplates(): Promise<void> {
  for (const folder of await Promise.all(Object.values(templates))) rmSync(folder, { recursive: true, force: true });
}

interface Saved {
  readonly latest: Deployment;
}

/** A private project folder and stack for one scenario on one engine, and a record of everything that was observed. */
export class Lab {
  engine: EngineName;
  readonly prefix = `sb-parity-${randomBytes(3).toString("hex")}`;
  readonly folder: string;
  readonly observed: Outcome[] = [];
  private readonly log: string;

  constructor(engine: EngineName) {
    this.engine = engine;
    this.folder = mkdtempSync(join(tmpdir(), "switchback-parity-"));
    this.log = join(this.folder, "effects.log");
    cpSync(join(root, "test/parity/programs/lab"), this.folder, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(this.log, "");
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
      PULUMI_CONFIG_PASSPHRASE: "parity",
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PARITY_LOG: this.log,
      PARITY_FOLDER: this.folder,
    };
  }

  /** Runs the engine's command; throws, with all that it printed, unless it ends as expected. */
  async run(args: readonly string[], fails?: RegExp): Promise<Ran> {
    const ran = await finished(startEngine(this.engine, ["--cwd", this.folder, ...args], this.env));
    const text = `${ran.stdout}\n${ran.stderr}`;
    if ((ran.code === 0) !== (fails === undefined) || (fails !== undefined && !fails.test(text))) {
      throw new Error(`${this.engine}: ${args.join(" ")}: exit ${ran.code}, expected ${fails ?? "0"}, got\n${text}`);
    }
    this.note(`${args[0]} ${fails === undefined ? "succeeds" : "fails"}`);
    return ran;
  }

  /** Runs a command that only one of the engines needs, without a note of it. */
  async quiet(args: readonly string[]): Promise<void> {
    await finished(startEngine(this.engine, ["--cwd", this.folder, ...args], this.env));
  }

  /** Makes the stack: a copy of one that the engine itself has made, which is faster than a new one each time. */
  async init(): Promise<void> {
    templates[this.engine] ??= template(this.engine);
    cpSync(await templates[this.engine]!, this.folder, { recursive: true });
  }

  async up(resources: readonly Described[], change: Change = {}): Promise<Ran> {
    this.configure(resources, change);
    return this.run(["up", "--stack", "lab", "--yes", "--skip-preview", ...(change.args ?? [])], change.fails);
  }

  /** What an update would do, as `{name: op}`, without what stays the same. */
  async preview(resources: readonly Described[], change: Change = {}): Promise<Record<string, string>> {
    this.configure(resources, change);
    const ran = await this.run(["preview", "--stack", "lab", "--json", ...(change.args ?? [])], change.fails);
    return this.steps(ran.stdout);
  }

  /** The steps in the output of `preview --json`; a refused preview may print no steps at all. */
  steps(json: string): Record<string, string> {
    const steps = json.trim().startsWith("{") ? stepsOf(JSON.parse(json) as Digest) : {};
    this.note(steps);
    return steps;
  }

  refresh = (change: Change = {}): Promise<Ran> =>
    this.run(["refresh", "--stack", "lab", "--yes", "--skip-preview", ...(change.args ?? [])], change.fails);

  destroy = (change: Change = {}): Promise<Ran> =>
    this.run(["destroy", "--stack", "lab", "--yes", "--skip-preview", ...(change.args ?? [])], change.fails);

  /** Starts an update, and waits for a line in the effects. */
  async startUp(line: string, resources: readonly Described[]): Promise<[Promise<Ran>, ChildProcess]> {
    this.configure(resources, {});
    const args = ["--cwd", this.folder, "up", "--stack", "lab", "--yes", "--skip-preview"];
    const child = startEngine(this.engine, args, this.env);
    const end = finished(child);
    for (let i = 0; i < 600 && !this.effects().includes(line); i++) await sleep(50);
    if (this.effects().includes(line)) return [end, child];
    process.kill(-child.pid!, "SIGKILL");
    throw new Error(`expected the effect ${line} within 30 s, got ${this.effects()}, and ${JSON.stringify(await end)}`);
  }

  /** Like {@link startUp}, and then kills the engine's whole process group. */
  async killAt(line: string, resources: readonly Described[]): Promise<void> {
    const [end, child] = await this.startUp(line, resources);
    const started = descendants(child.pid!);
    process.kill(-child.pid!, "SIGKILL");
    await end;
    this.release();
    await sleep(500);
    // Plugins of the real CLI are in process groups of their own, and would outlive it by minutes.
    for (const pid of started) killIfThere(pid);
  }

  /** Lets commands go on that wait for the gate. */
  release(): void {
    writeFileSync(join(this.folder, "gate"), "");
  }

  hold(): void {
    rmSync(join(this.folder, "gate"), { force: true });
  }

  /** Lines that commands and hooks have written, oldest first. */
  effects = (): string[] => readFileSync(this.log, "utf8").split("\n").filter(Boolean);

  containers = () => containersOf(this.prefix);

  /** The saved deployment, normalised; both engines keep it in the same layout of files. */
  state(): Record<string, Record<string, unknown>> {
    const saved = JSON.parse(readFileSync(join(this.store, "stacks/lab/lab.json"), "utf8")) as { checkpoint: Saved };
    return normaliseState(saved.checkpoint.latest, this.prefix);
  }

  private get store(): string {
    return join(this.folder, this.engine === "embedded" ? ".switchback/state/.pulumi" : ".pulumi");
  }

  async exported(): Promise<string> {
    const { stdout } = await this.run(["stack", "export", "--stack", "lab"]);
    return stdout;
  }

  async outputs(...args: string[]): Promise<unknown> {
    const { stdout } = await this.run(["stack", "output", "--stack", "lab", "--json", ...args]);
    const outputs = JSON.parse(stdout) as unknown;
    this.note(outputs);
    return outputs;
  }

  note(seen: unknown): void {
    this.observed.push(seen);
  }

  /** Adds to the record what is left at the end: effects, containers, history and state. */
  async conclude(): Promise<void> {
    this.note({ effects: this.effects() });
    this.note({ containers: await this.containers() });
    this.note({ history: normaliseHistory(this.history()) });
    this.note({ state: this.state() });
  }

  private history(): HistoryEntry[] {
    const folder = join(this.store, "history/lab/lab");
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder)
      .filter((file) => file.endsWith(".history.json"))
      .sort();
    return files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as HistoryEntry);
  }

  async dispose(): Promise<void> {
    this.release();
    await removeLeftovers(this.prefix);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Writes the stack's config, and keeps its salt. */
  describe(resources: readonly Described[]): void {
    this.configure(resources, {});
  }

  private configure(resources: readonly Described[], { outputs, throws }: Change): void {
    const file = join(this.folder, "Pulumi.lab.yaml");
    const salt = existsSync(file) ? /^encryptionsalt:.*$/m.exec(readFileSync(file, "utf8"))?.[0] : undefined;
    const config = {
      "lab:resources": JSON.parse(JSON.stringify(resources).replaceAll("PREFIX", this.prefix)),
      ...(outputs === undefined ? {} : { "lab:outputs": outputs }),
      ...(throws === undefined ? {} : { "lab:throws": throws }),
    };
    writeFileSync(file, `${salt === undefined ? "" : `${salt}\n`}config: ${JSON.stringify(config)}\n`);
  }
}

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { integrityErrors } from "../../engine/checkpoint.ts";
import { destroy } from "../../engine/operations/destroy.ts";
import type { Io } from "../../engine/operations/open.ts";
import { refresh } from "../../engine/operations/refresh.ts";
import { initStack } from "../../engine/operations/stack.ts";
import { preview, type UpOptions, up } from "../../engine/operations/update.ts";
import { World } from "./world.ts";

export interface ResourceSpec {
  readonly kind: "network" | "container" | "command" | "group";
  readonly name: string;
  readonly args?: Record<string, unknown>;
  readonly options?: {
    parent?: string;
    dependsOn?: string[];
    deletedWith?: string;
    aliases?: { name: string }[];
    [option: string]: unknown;
  };
  readonly hook?: {
    kind: "beforeCreate" | "afterCreate" | "beforeUpdate" | "beforeDelete";
    fails?: string;
    onDryRun?: boolean;
  };
}

export interface Spec {
  readonly resources: readonly ResourceSpec[];
  readonly outputs?: Record<string, unknown>;
  readonly print?: readonly string[];
  readonly throws?: string;
}

export interface Stored {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly [field: string]: unknown;
}

/** A project folder of its own with the spec program and an in-memory world behind the real resource types. */
export class Harness {
  readonly dir = mkdtempSync(join(tmpdir(), "switchback-engine-"));
  readonly ref = { cwd: this.dir, stack: "dev" };
  readonly world = new World();
  readonly env: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_CONFIG_PASSPHRASE: "test",
    SWITCHBACK_ENGINE: "embedded",
  };
  /** What the last operation printed. */
  out: string[] = [];
  err: string[] = [];
  private readonly repository = fileURLToPath(new URL("../..", import.meta.url));

  constructor() {
    cpSync(join(this.repository, "test/engine/programs/spec"), this.dir, { recursive: true });
    symlinkSync(join(this.repository, "node_modules"), join(this.dir, "node_modules"));
    initStack(this.ref, this.io());
  }

  program(...resources: ResourceSpec[]): void {
    this.spec({ resources });
  }

  spec(spec: Spec): void {
    writeFileSync(join(this.dir, "spec.json"), JSON.stringify(spec));
  }

  up(options: Partial<UpOptions> = {}, signal?: AbortSignal): Promise<boolean> {
    return this.run((io) => up({ ...this.options(), yes: true, skipPreview: true, ...options }, io), signal);
  }

  preview(options: { json?: boolean; diff?: boolean; expectNoChanges?: boolean } = {}): Promise<boolean> {
    return this.run((io) => preview({ ...this.options(), ...options }, io));
  }

  destroy(): Promise<boolean> {
    return this.run((io) => destroy({ ...this.options(), yes: true }, io));
  }

  refresh(): Promise<boolean> {
    return this.run((io) => refresh({ ...this.options(), yes: true, skipPreview: true }, io));
  }

  /** Runs anything with the printed lines collected. A thrown error counts as a failure, its text as an error line. */
  async run<T>(operation: (io: Io) => T, signal?: AbortSignal): Promise<boolean> {
    this.out = [];
    this.err = [];
    this.world.calls.length = 0;
    try {
      return (await operation(this.io(signal))) !== false;
    } catch (error) {
      this.err.push((error as Error).message);
      return false;
    }
  }

  io(signal: AbortSignal = new AbortController().signal): Io {
    return {
      env: this.env,
      out: (line) => this.out.push(...line.split("\n")),
      err: (line) => this.err.push(line),
      signal,
    };
  }

  get text(): string {
    return [...this.out, ...this.err].join("\n");
  }

  get stateFile(): string {
    return join(this.dir, ".switchback/state/.pulumi/stacks/spec/dev.json");
  }

  state(): { resources: Stored[]; pending: unknown[]; version: number } {
    const { version, checkpoint } = JSON.parse(readFileSync(this.stateFile, "utf8"));
    return {
      version,
      resources: checkpoint.latest.resources ?? [],
      pending: checkpoint.latest.pending_operations ?? [],
    };
  }

  resource(name: string): Stored {
    const found = this.state().resources.find(({ urn }) => urn.endsWith(`::${name}`));
    if (found === undefined) throw new Error(`no resource ${name} in the state`);
    return found;
  }

  names(): string[] {
    return this.state()
      .resources.filter(({ type }) => !type.startsWith("pulumi:"))
      .map(({ urn }) => urn.split("::").at(-1)!);
  }

  /** What is not sound in the saved state: references to what is not there, or is only there later. */
  problems(): string[] {
    const defaults = { parent: "", provider: "", dependencies: [], delete: false };
    return integrityErrors(this.state().resources.map((resource) => ({ ...defaults, ...resource })));
  }

  cleanup(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  private options() {
    return { cwd: this.dir, stack: "dev", providers: this.world.providers() };
  }
}

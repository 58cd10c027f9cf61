import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Checkpoint, loadDeployment, readDeployment, renderCheckpoint, saltOf } from "../checkpoint.ts";
import { loadProject, type Project } from "../project.ts";
import { Secrets } from "../secrets.ts";
import { Settings } from "../settings.ts";
import { openStore, type StackStore } from "../store.ts";

/** Where an operation reads its surroundings and says things. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Asks a yes-or-no question; undefined where nobody can answer. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface StackRef {
  readonly cwd: string;
  /** Unset: the selected stack. */
  readonly stack?: string;
  /** File that is taken for `Pulumi.<stack>.yaml`, as pulumi's --config-file. */
  readonly configFile?: string;
}

/** A stack's files, opened. */
export interface OpenStack {
  readonly project: Project;
  readonly name: string;
  readonly store: StackStore;
  readonly settings: Settings;
  readonly secrets: Secrets;
  load(): LoadedState;
}

export interface LoadedState extends Checkpoint {
  /** Writes a state in place of this one, with the same key for its secrets. */
  save(content: Checkpoint): void;
}

/** Folder of the embedded engine's state, in the project's folder. */
export const stateRoot = (project: Project): string => join(project.root, ".switchback", "state");
export const selectionFile = (project: Project): string => join(project.root, ".switchback", "stack");

/** Opens an existing stack. Throws when there is none of that name or none is selected. */
export function openStack(ref: StackRef, env: NodeJS.ProcessEnv): OpenStack {
  const opened = openFiles(ref, env);
  if (!opened.store.exists()) {
    throw new Error(
      `no stack named '${opened.name}' found in the embedded engine's state; make it with \`switchback stack init ${opened.name}\``,
    );
  }
  return opened;
}

/** As {@link openStack}; a stack that has a `Pulumi.<stack>.yaml` but no state yet is made, and that is said. */
export function openOrMakeStack(ref: StackRef, io: Io): OpenStack {
  const { store, settings, name, load } = openFiles(ref, io.env);
  if (!store.exists() && existsSync(settings.file)) {
    load().save({ resources: [], pending: [] });
    io.err(`stack ${name} has a Pulumi.${name}.yaml but no state in the embedded engine yet: made it`);
  }
  return openStack(ref, io.env);
}

/** As {@link openStack} for a stack that need not exist yet. */
export function openFiles(ref: StackRef, env: NodeJS.ProcessEnv): OpenStack {
  const project = loadProject(ref.cwd);
  const name = ref.stack ?? selectedStack(project);
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name))
    throw new Error(`stack name ${JSON.stringify(name)}: expected letters, digits, _, . and -`);
  const store = openStore(stateRoot(project), project.name, name);
  const settings = new Settings(project.root, name, project.name, ref.configFile);
  const secrets = new Secrets(settings, env);
  return { project, name, store, settings, secrets, load: () => loadState(store, secrets) };
}

/** The name of the selected stack. Throws when none is. */
export function selectedStack(project: Project): string {
  const file = selectionFile(project);
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  throw new Error("no stack selected: pass --stack NAME, or choose one with `switchback stack select NAME`");
}

function loadState(store: StackStore, secrets: Secrets): LoadedState {
  const text = store.read();
  const deployment = text === undefined ? {} : readDeployment(text);
  const own = saltOf(deployment);
  const crypter = secrets.forSalt(own);
  return {
    ...loadDeployment(deployment, crypter),
    save(content) {
      // Rendering may make the first secret, and with it the salt: so the salt is asked for afterwards.
      store.write(renderCheckpoint(store.stack, store.project, content, () => own ?? secrets.salt, crypter));
    },
  };
}

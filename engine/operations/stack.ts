import { existsSync, readFileSync, rmSync } from "node:fs";
import { checkVersion, integrityErrors, readDeployment } from "../checkpoint.ts";
import { writeAtomic } from "../files.ts";
import { removeLocks, takeLock } from "../lock.ts";
import { loadProject } from "../project.ts";
import { mask, type Resource, reveal } from "../state.ts";
import { listStacks, nanos, openStore } from "../store.ts";
import { shownType, urnName, urnType } from "../urn.ts";
import { type Io, openFiles, openStack, type StackRef, selectionFile, stateRoot } from "./open.ts";
import { outputsOf } from "./outputs.ts";

/** Makes an empty stack and selects it. */
export function initStack(ref: StackRef, io: Io): void {
  const stack = openFiles(ref, io.env);
  if (stack.store.exists()) throw new Error(`stack '${stack.name}' already exists`);
  stack.load().save({ resources: [], pending: [] });
  select(stack.project, stack.name);
  io.out(`Created stack '${stack.name}'`);
}

/** Makes an existing stack the one that operations without --stack mean. */
export function selectStack(ref: StackRef, io: Io): void {
  const stack = openStack(ref, io.env);
  select(stack.project, stack.name);
}

export function listAll(ref: StackRef, json: boolean, io: Io): void {
  const project = loadProject(ref.cwd);
  const file = selectionFile(project);
  const current = existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  const rows = listStacks(stateRoot(project), project.name).map((name) => {
    const store = openStore(stateRoot(project), project.name, name);
    const last = store.history()[0]?.entry;
    const updated = last?.endTime === undefined ? undefined : new Date(last.endTime * 1000).toISOString();
    const resourceCount = readDeployment(store.read()!).resources?.length ?? 0;
    return {
      name,
      current: name === current,
      ...(updated !== undefined && { lastUpdate: updated }),
      updateInProgress: false,
      resourceCount,
    };
  });
  if (json) {
    io.out(JSON.stringify(rows, null, 2));
    return;
  }
  const cells = rows.map((row) => [
    `${row.name}${row.current ? "*" : ""}`,
    row.lastUpdate ?? "n/a",
    String(row.resourceCount),
  ]);
  for (const line of table([["NAME", "LAST UPDATE", "RESOURCE COUNT"], ...cells])) io.out(line);
}

/** What `stack` prints: the resources as a tree, and the outputs. */
export function describeStack(ref: StackRef, showSecrets: boolean, io: Io): void {
  const stack = openStack(ref, io.env);
  const { resources } = stack.load();
  io.out(`Current stack is ${stack.name}:`);
  io.out(`Current stack resources (${resources.length}):`);
  const shown = table([["    TYPE", "NAME"], ...tree(resources)]);
  for (const line of shown) io.out(line);
  io.out("");
  printOutputs(outputRows(resources, showSecrets), io);
}

/** Prints one output, or all of them. Secrets are `[secret]` unless asked for. */
export function showOutputs(
  ref: StackRef,
  options: { name?: string; json: boolean; showSecrets: boolean },
  io: Io,
): void {
  const { resources } = openStack(ref, io.env).load();
  const rows = outputRows(resources, options.showSecrets || options.name !== undefined);
  if (options.name === undefined) {
    if (options.json) io.out(JSON.stringify(Object.fromEntries(rows), null, 2));
    else printOutputs(rows, io);
    return;
  }
  const found = rows.find(([name]) => name === options.name);
  if (found === undefined) throw new Error(`current stack does not have output property '${options.name}'`);
  io.out(options.json ? JSON.stringify(found[1], null, 2) : outputText(found[1]));
}

/** The deployment as `pulumi stack import` takes it; secrets stay encrypted. */
export function exportStack(ref: StackRef, io: Io): string {
  const { version, features, checkpoint } = JSON.parse(openStack(ref, io.env).store.read()!);
  return JSON.stringify({ version, ...(features && { features }), deployment: checkpoint.latest ?? {} }, null, 4);
}

/** Replaces the state by what `stack export` of either engine wrote. Refuses a state whose parts refer to what is not there. */
export function importStack(ref: StackRef, text: string, io: Io): void {
  const stack = openStack(ref, io.env);
  const { version, features, deployment } = JSON.parse(text) as {
    version?: number;
    features?: string[];
    deployment?: { resources?: Resource[] };
  };
  checkVersion(version, features);
  if (deployment === undefined) throw new Error("the file has no `deployment`: expected what `stack export` writes");
  const resources = deployment.resources ?? [];
  const foreign = resources.find(({ urn }) => !urn.startsWith(`urn:pulumi:${stack.name}::${stack.project.name}::`));
  if (foreign !== undefined)
    throw new Error(
      `the file is of another stack: ${foreign.urn}; expected stack ${stack.name} of project ${stack.project.name}`,
    );
  const errors = integrityErrors(
    resources.map((resource) => ({
      ...resource,
      dependencies: resource.dependencies ?? [],
      parent: resource.parent ?? "",
      provider: resource.provider ?? "",
    })),
  );
  if (errors.length > 0) throw new Error(`the state in the file is not sound: ${errors.join("; ")}`);
  const release = takeLock(stack.store.locks, io.err);
  try {
    const checkpoint = { stack: `organization/${stack.project.name}/${stack.name}`, latest: deployment };
    stack.store.write(JSON.stringify({ version, ...(features && { features }), checkpoint }));
  } finally {
    release();
  }
  io.out("Import complete.");
}

/** Removes a stack's state and history. Its config file stays unless `config` says otherwise. Refuses while it has resources. */
export function removeStack(ref: StackRef, options: { force: boolean; preserveConfig: boolean }, io: Io): void {
  const stack = openStack(ref, io.env);
  const count = readDeployment(stack.store.read()!).resources?.length ?? 0;
  if (count > 0 && !options.force) {
    throw new Error(
      `'${stack.name}' still has ${count} resources; removal rejected. Destroy it first, or pass --force to forget them`,
    );
  }
  const release = takeLock(stack.store.locks, io.err);
  const text = stack.store.read()!;
  writeAtomic(
    `${stateRoot(stack.project)}/.pulumi/backups/${stack.project.name}/${stack.name}/${stack.name}.${nanos()}.json`,
    text,
  );
  release();
  stack.store.remove();
  if (!options.preserveConfig) rmSync(stack.settings.file, { force: true });
  io.out(`Stack '${stack.name}' has been removed!`);
}

/** Removes the locks of an operation that will not come back. */
export function cancel(ref: StackRef, io: Io): void {
  const stack = openStack(ref, io.env);
  const count = removeLocks(stack.store.locks);
  io.out(
    count === 0 ? "no operation holds the stack" : "The currently running update for the stack has been canceled!",
  );
}

export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}

function select(project: { root: string }, name: string): void {
  writeAtomic(selectionFile(project as Parameters<typeof selectionFile>[0]), `${name}\n`);
}

function outputRows(resources: readonly Resource[], showSecrets: boolean): [string, unknown][] {
  const outputs = outputsOf(resources);
  const values = (showSecrets ? reveal(outputs) : mask(outputs)) as Record<string, unknown>;
  return Object.entries(values);
}

function printOutputs(rows: readonly [string, unknown][], io: Io): void {
  if (rows.length === 0) {
    io.out("No output values currently in this stack");
    return;
  }
  io.out(`Current stack outputs (${rows.length}):`);
  for (const line of table([["OUTPUT", "VALUE"], ...rows.map(([name, value]) => [name, outputText(value)])]))
    io.out(`    ${line}`);
}

const outputText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function tree(resources: readonly Resource[]): string[][] {
  const urns = new Set(resources.map(({ urn }) => urn));
  const children = (parent: string) =>
    resources.filter((resource) => (urns.has(resource.parent) ? resource.parent : "") === parent);
  const walk = (parent: string, prefix: string): string[][] =>
    children(parent).flatMap((resource, i, all) => {
      const last = i === all.length - 1;
      const branch = parent === "" ? "    " : `${prefix}${last ? "└─ " : "├─ "}`;
      const below = parent === "" ? "    " : `${prefix}${last ? "   " : "│  "}`;
      return [[`${branch}${shownType(urnType(resource.urn))}`, urnName(resource.urn)], ...walk(resource.urn, below)];
    });
  return walk("", "");
}

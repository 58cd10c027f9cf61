import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import * as config from "../engine/operations/config.ts";
import { showHistory } from "../engine/operations/history.ts";
import { type Io, openStack, type StackRef } from "../engine/operations/open.ts";
import * as stack from "../engine/operations/stack.ts";
import { afterDestroy } from "./after-destroy.ts";
import { afterUp, byCommand } from "./after-up.ts";
import type { CommandLine } from "./args.ts";
import { readStdin } from "./terminal.ts";

interface Call {
  readonly ref: StackRef;
  readonly args: readonly string[];
  readonly flags: CommandLine["flags"];
  readonly io: Io;
}

/** Runs a command on the embedded engine. Resolves to whether it succeeded; refusals are thrown. */
export async function runEmbedded(line: CommandLine, cwd: string, io: Io): Promise<boolean> {
  const named = ["stack init", "stack select", "stack rm"].includes(line.command) ? line.positionals[0] : undefined;
  const name = named ?? line.flags.stack;
  const file = text(line.flags["config-file"]);
  const ref = {
    cwd,
    ...(typeof name === "string" && { stack: name }),
    ...(file && { configFile: resolve(cwd, file) }),
  };
  const done = await handlers[line.command]!({ ref, args: line.positionals, flags: line.flags, io });
  return done !== false;
}

const is = (value: string | boolean | undefined): boolean => value === true;
const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

const handlers: Readonly<Record<string, (call: Call) => unknown>> = {
  up: async (call) => {
    const { up } = await import("../engine/operations/update.ts");
    Object.assign(process.env, byCommand);
    const began = Date.now();
    let ok = false;
    try {
      ok = await up(await runOptions(call), call.io);
    } finally {
      const { name, project } = openStack(call.ref, call.io.env);
      await afterUp({ stack: name, root: project.root, ok, interrupted: call.io.signal.aborted, began });
    }
    return keeping(call, ok);
  },
  preview: async (call) => (await import("../engine/operations/update.ts")).preview(await runOptions(call), call.io),
  refresh: async (call) => {
    const { refresh } = await import("../engine/operations/refresh.ts");
    return keeping(call, await refresh(await runOptions(call), call.io));
  },
  async destroy(call) {
    const { destroy } = await import("../engine/operations/destroy.ts");
    const { name } = openStack(call.ref, call.io.env);
    const done = await keeping(call, await destroy(await runOptions(call), call.io));
    if (done) await afterDestroy(name);
    if (done && is(call.flags.remove)) stack.removeStack(call.ref, { force: true, preserveConfig: false }, call.io);
    return done;
  },
  config: ({ ref, flags, io }) =>
    config.listConfig(ref, { json: is(flags.json), showSecrets: is(flags["show-secrets"]) }, io),
  async "config set"({ ref, args, flags, io }) {
    const key = wanted(args[0], "config set: expected KEY and VALUE");
    const value =
      args[1] ??
      (process.stdin.isTTY ? wanted(undefined, `config set ${key}: expected a VALUE`) : (await readStdin()).trimEnd());
    config.setConfig(ref, key, value, { path: is(flags.path), secret: is(flags.secret) }, io);
  },
  "config get": ({ ref, args, flags, io }) =>
    config.getConfig(
      ref,
      wanted(args[0], "config get: expected a KEY"),
      { path: is(flags.path), json: is(flags.json) },
      io,
    ),
  "config rm": ({ ref, args, flags, io }) =>
    config.removeConfig(ref, wanted(args[0], "config rm: expected a KEY"), { path: is(flags.path) }, io),
  "stack history": history,
  output,
  "stack output": output,
  stack: ({ ref, flags, io }) => stack.describeStack(ref, is(flags["show-secrets"]), io),
  "stack init": ({ ref, io }) => stack.initStack(ref, io),
  "stack select": ({ ref, io }) => stack.selectStack(ref, io),
  "stack ls": ({ ref, flags, io }) => stack.listAll(ref, is(flags.json), io),
  "stack rm": ({ ref, flags, io }) => {
    if (!is(flags.yes)) throw new Error("stack rm: pass --yes to remove the stack's state and history");
    stack.removeStack(ref, { force: is(flags.force), preserveConfig: is(flags["preserve-config"]) }, io);
  },
  "stack export": ({ ref, flags, io }) => {
    const content = stack.exportStack(ref, io);
    const file = text(flags.file);
    if (file === undefined) io.out(content);
    else writeFileSync(file, `${content}\n`, { mode: 0o600 });
  },
  "stack import": async ({ ref, flags, io }) => {
    const file = text(flags.file);
    stack.importStack(ref, file === undefined ? await readStdin() : readFileSync(file, "utf8"), io);
  },
  cancel: ({ ref, args, io }) => stack.cancel({ ...ref, ...(args[0] && { stack: args[0] }) }, io),
};

/** What a command did, with the state that it left kept. */
async function keeping({ ref, io }: Call, done: boolean): Promise<boolean> {
  const { keepState } = await import("./keep-state.ts");
  if (done) await keepState(openStack(ref, io.env).name, stack.exportStack(ref, io));
  return done;
}

function history({ ref, flags, io }: Call): void {
  const number = (value: string | boolean | undefined) => (text(value) === undefined ? undefined : Number(value));
  const [pageSize, page] = [number(flags["page-size"]), number(flags.page)];
  showHistory(ref, { json: is(flags.json), ...(pageSize && { pageSize }), ...(page && { page }) }, io);
}

function output({ ref, args, flags, io }: Call): void {
  stack.showOutputs(
    ref,
    { ...(args[0] && { name: args[0] }), json: is(flags.json), showSecrets: is(flags["show-secrets"]) },
    io,
  );
}

async function runOptions({ ref, flags, io }: Call) {
  const { providers } = await import("../engine/providers/all.ts");
  const message = text(flags.message) ?? io.env.SWITCHBACK_REASON;
  return {
    ...ref,
    providers: providers(),
    yes: is(flags.yes),
    diff: is(flags.diff),
    json: is(flags.json),
    refresh: is(flags.refresh),
    skipPreview: is(flags["skip-preview"]),
    expectNoChanges: is(flags["expect-no-changes"]),
    ...(message !== undefined && { message }),
  };
}

function wanted(value: string | undefined, complaint: string): string {
  if (value === undefined) throw new Error(complaint);
  return value;
}

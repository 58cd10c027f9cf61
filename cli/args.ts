import { parseArgs } from "node:util";
import { common, type Flags, flag, text } from "./flags.ts";
import { verbs } from "./verbs.ts";

/** A command line, taken apart. */
export interface CommandLine {
  /** Command and subcommand, such as `config set`; a command without one by itself. */
  readonly command: string;
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

const running: Flags = { yes: flag("y"), diff: flag(), message: text("m"), "skip-preview": flag("f") };
const shown: Flags = { json: flag("j"), "show-secrets": flag() };
const paged: Flags = { json: flag("j"), page: text(), "page-size": text() };

/** What the embedded engine has of pulumi's commands, with their own names for flags. */
export const pulumiCommands: Readonly<Record<string, Flags>> = {
  up: { ...running, refresh: flag("r"), "expect-no-changes": flag() },
  preview: {
    diff: flag(),
    json: flag("j"),
    message: text("m"),
    refresh: flag("r"),
    "expect-no-changes": flag(),
    "config-file": text(),
  },
  destroy: { ...running, remove: flag() },
  refresh: running,
  config: shown,
  "config set": { path: flag(), secret: flag(), plaintext: flag() },
  "config get": { path: flag(), json: flag("j") },
  "config rm": { path: flag() },
  output: shown,
  stack: { "show-secrets": flag() },
  "stack init": {},
  "stack select": {},
  "stack ls": { json: flag("j") },
  "stack rm": { yes: flag("y"), force: flag("f"), "preserve-config": flag() },
  "stack export": { file: text() },
  "stack import": { file: text() },
  "stack output": shown,
  "stack history": paged,
  cancel: { yes: flag("y") },
};

const commands: Readonly<Record<string, Flags>> = {
  ...pulumiCommands,
  ...Object.fromEntries(Object.entries(verbs).map(([name, verb]) => [name, verb.flags])),
};

/** Every command with its flags, pulumi's and Switchback's own. */
export const allCommands = (): Readonly<Record<string, Flags>> => commands;

/** The name of the command of Switchback's own that a command line begins with; undefined: one of pulumi's. */
export function verbOf(args: readonly string[]): string | undefined {
  const [first = "", second = ""] = commandWords(args);
  return [`${first} ${second}`, first].find((name) => Object.hasOwn(verbs, name));
}

/** Takes a command line apart. Throws, naming it, on a command or flag that the embedded engine does not have. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const [first = "", second = ""] = commandWords(args);
  const command = Object.hasOwn(commands, `${first} ${second}`) ? `${first} ${second}` : first;
  const known = commands[command];
  if (known === undefined) throw new Error(first === "" ? usage() : `unknown command ${first}; ${usage()}`);
  const { values, positionals } = parse(args, { ...common, ...known }, command);
  const rest = positionals.slice(command.split(" ").length);
  if (command === "stack" && rest.length > 0) throw new Error(`unknown command stack ${rest[0]}; ${usage()}`);
  if (command === "config" && rest.length > 0) throw new Error(`unknown command config ${rest[0]}; ${usage()}`);
  return { command, positionals: rest, flags: values };
}

export const usage = (): string => `expected one of: ${Object.keys(commands).join(", ")}`;

/** The words that are no flag and no flag's value, whatever the command. */
function commandWords(args: readonly string[]): string[] {
  const options = Object.assign({}, common, ...Object.values(commands)) as Flags;
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true }).positionals;
}

function parse(args: readonly string[], options: Flags, command: string) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: parsed.values as CommandLine["flags"], positionals: parsed.positionals };
  } catch (error) {
    const name = /'(-[^' ,]+)/.exec((error as Error).message)?.[1];
    if ((error as NodeJS.ErrnoException).code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION" || name === undefined) throw error;
    throw new Error(
      Object.hasOwn(verbs, command)
        ? `${command}: expected a flag of this command, got ${name}; see \`switchback help\``
        : `the embedded engine does not support ${name} for ${command}; leave it out, or use --engine pulumi`,
    );
  }
}

/** The value of a flag, `--flag value` or `--flag=value`, and the command line without it. */
export function take(
  args: readonly string[],
  ...names: readonly string[]
): { value: string | undefined; rest: string[] } {
  const rest = [...args];
  for (const [i, arg] of args.entries()) {
    if (arg === "--") break;
    if (names.includes(arg)) return { value: rest.splice(i, 2)[1], rest };
    const name = names.find((candidate) => arg.startsWith(`${candidate}=`));
    if (name !== undefined) return { value: rest.splice(i, 1)[0]!.slice(name.length + 1), rest };
  }
  return { value: undefined, rest };
}

import type { CommandLine } from "./args.ts";
import type { Flags } from "./flags.ts";
import { followOperation, runOperation } from "./operation.ts";

/** A command of Switchback's own: it reads the live system, or sets stack config and runs the same `up`, on either engine. */
export interface Verb {
  /** One line of the help. */
  readonly summary: string;
  readonly flags: Flags;
  /** Resolves to the exit code, or to whether it succeeded. Throws what was expected, what was got and what to do. */
  run(call: VerbCall): Promise<boolean | number> | boolean | number;
}

export interface VerbCall {
  readonly command: string;
  /** Positional arguments. */
  readonly words: readonly string[];
  readonly flags: CommandLine["flags"];
  readonly engine: "embedded" | "pulumi";
  /** Path of the pulumi CLI; undefined: the embedded engine. */
  readonly binary: string | undefined;
  /** The project's folder, or one below it. */
  readonly cwd: string;
  /** The stack of --stack, else the selected one. Throws when there is neither. */
  stack(): string;
}

/** Runs a file of operations/ with the stack's name first. */
export const runOnStack = (call: VerbCall, operation: string, ...args: readonly string[]): boolean =>
  runOperation({ operation, cwd: call.cwd, engine: call.engine, args: () => [call.stack(), ...args] });

/** Runs a file of operations/ that may ask at the terminal, with those of the verb's flags that were given; resolves to its exit code. */
export const runAsking = (
  call: VerbCall,
  operation: string,
  flags: readonly string[],
  ...words: readonly string[]
): Promise<number> =>
  followOperation({
    operation,
    cwd: call.cwd,
    engine: call.engine,
    args: () => [call.stack(), ...words, ...flags.flatMap((name) => passed(name, call.flags[name]))],
  });

const passed = (name: string, value: string | boolean | undefined): string[] =>
  value === undefined || value === false ? [] : [value === true ? `--${name}` : `--${name}=${value}`];

/** `--name` for each flag that was given. */
export const given = (call: VerbCall, ...names: readonly string[]): string[] =>
  names.filter((name) => call.flags[name] === true).map((name) => `--${name}`);

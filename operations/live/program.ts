import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { actor } from "./actor.ts";
import { connect, withShells } from "./docker.ts";
import { appendJournal, type JournalEntry } from "./journal.ts";
import { runReason, withLock } from "./lock.ts";
import { ensureRecords, readRunId, recordsName } from "./records.ts";

/** What every operation is given. */
export interface OperationRun<Goal> {
  readonly docker: Docker;
  readonly goal: Goal;
  readonly epoch: string;
  readonly reason: string;
  readonly actor: string;
  readonly journal: (entry: JournalEntry) => Promise<{ at: string }>;
  /** Progress, one line each. */
  readonly log: (line: string) => void;
}

export interface OperationProgram<Goal> {
  readonly goal: () => Goal | Promise<Goal>;
  /** Told to whoever waits for the lock. */
  readonly purpose: (goal: Goal) => string;
  /** Containers in which a shell is kept open beside the catalogue's, for a run of many short commands. */
  readonly shells?: (stack: string) => readonly string[];
  readonly operate: (run: OperationRun<Goal>) => Promise<unknown>;
}

/**
 * Runs an operation as the program of a command resource, under the stack's live lock, with its epoch in
 * SWITCHBACK_EPOCH. Progress goes to stderr, the result as one line of JSON to stdout; an error is one line on stderr.
 */
export function runOperation<Goal extends { readonly stack: string }>(program: OperationProgram<Goal>): void {
  runProgram(() => main(program));
}

/** Runs a program: its error is one line on stderr and exit code 1. */
export function runProgram(work: () => Promise<void>): void {
  work().catch((error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
}

/** A goal as JSON in an environment variable. */
export const goalIn =
  <Goal>(variable: string) =>
  (): Goal =>
    JSON.parse(required(variable));

/** A goal as JSON on stdin, for one that holds secrets or long files. */
export const goalOnStdin = async <Goal>(): Promise<Goal> => JSON.parse(await text(process.stdin));

async function main<Goal extends { readonly stack: string }>(program: OperationProgram<Goal>): Promise<void> {
  const goal = await program.goal();
  const epoch = required("SWITCHBACK_EPOCH");
  const { stack } = goal;
  const docker = connect();
  await ensureRecords(docker, stack);
  let token: Promise<string | undefined> | undefined;
  const runId = () => (token ??= readRunId(docker, stack));
  const run: OperationRun<Goal> = {
    docker,
    goal,
    epoch,
    reason: await runReason(stack),
    actor: actor(),
    journal: async (entry) => appendJournal(docker, stack, { ...entry, run: await runId() }),
    log: (line) => console.error(line),
  };
  const shells = [recordsName(stack), ...(program.shells?.(stack) ?? [])];
  const result = await withShells(docker, shells, () =>
    withLock(docker, stack, program.purpose(goal), () => program.operate(run)),
  );
  console.log(JSON.stringify(result));
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`expected the environment variable ${name}, got none; \`up\` sets it`);
}

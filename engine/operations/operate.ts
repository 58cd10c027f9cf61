import { takeLock } from "../lock.ts";
import type { HistoryEntry } from "../store.ts";
import { nanos } from "../store.ts";
import { surroundings } from "./environment.ts";
import type { Io, LoadedState, OpenStack } from "./open.ts";
import { programConfig } from "./program-config.ts";

/** What a finished run says of itself to the history. */
export interface Outcome {
  readonly ok: boolean;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Operation {
  readonly state: LoadedState;
  /** Writes the history entry's beginning; called once the operation is about to change something. */
  begin(): Promise<void>;
}

/**
 * Runs an operation that changes a stack: with its lock held, with what an earlier run left unfinished reported and dropped, and with a
 * history entry that is written at the beginning too, so that a killed run is seen. Resolves to whether it succeeded.
 */
export async function operate(
  stack: OpenStack,
  kind: HistoryEntry["kind"],
  message: string | undefined,
  io: Io,
  run: (operation: Operation) => Promise<Outcome>,
): Promise<boolean> {
  const release = takeLock(stack.store.locks, io.err);
  let record: { name: string; entry: HistoryEntry } | undefined;
  let outcome: Outcome = { ok: false, counts: {} };
  try {
    closeInterrupted(stack, io);
    const state = stack.load();
    reportPending(state, io);
    const begin = async () => {
      record = { name: `${stack.name}-${nanos()}`, entry: await newEntry(stack, kind, message, io) };
      stack.store.record(record.name, record.entry);
    };
    outcome = await run({ state, begin });
    return outcome.ok;
  } finally {
    if (record !== undefined) {
      const end = { result: outcome.ok ? ("succeeded" as const) : ("failed" as const), endTime: unixSeconds() };
      stack.store.record(record.name, { ...record.entry, ...end, resourceChanges: { ...outcome.counts } });
    }
    release();
  }
}

/** Entries of runs that never ended: the lock is ours, so they are dead. */
function closeInterrupted(stack: OpenStack, io: Io): void {
  for (const { name, entry } of stack.store.history()) {
    if (entry.result !== "in-progress") continue;
    io.err(
      `the ${entry.kind} of ${new Date(entry.startTime * 1000).toISOString()} never ended: it is marked as failed`,
    );
    stack.store.record(name, { ...entry, result: "failed", endTime: entry.startTime });
  }
}

function reportPending(state: LoadedState, io: Io): void {
  if (state.pending.length === 0) return;
  io.err(
    `warning: an interrupted run left ${state.pending.length} operation(s) unfinished; they are dropped, and this run converges:`,
  );
  for (const { resource, type } of state.pending) io.err(`  ${type} ${resource.urn}`);
}

async function newEntry(
  stack: OpenStack,
  kind: HistoryEntry["kind"],
  message: string | undefined,
  io: Io,
): Promise<HistoryEntry> {
  const startTime = unixSeconds();
  const { environment, title } = await surroundings(stack.project.root, io.env);
  const { recorded } = programConfig(stack);
  return {
    kind,
    startTime,
    message: message ?? title,
    environment,
    config: recorded,
    version: 0,
    result: "in-progress",
  };
}

const unixSeconds = () => Math.floor(Date.now() / 1000);

import type Docker from "dockerode";
import { inRecords, readRecord, writeRecord } from "../live/records.ts";
import type { Tail } from "./archive-tail.ts";
import type { Check } from "./verify/check.ts";
import type { Copied } from "./ways.ts";

/** How a generation was made. */
export interface RestoreReport {
  readonly generation: string;
  readonly state: "ready" | "drill";
  /** Of the operation that finished it. */
  readonly seconds: number;
  readonly copySeconds: number;
  readonly replaySeconds: number;
  /** Of the data directory as it was copied. */
  readonly bytes: number;
  /** WAL that was replayed. */
  readonly walBytes: number;
  /** Name of the way by which the data was copied. */
  readonly way: Copied["way"];
  /** Name of the base point, backup or dump that was copied. */
  readonly base: string;
  readonly tail: Tail;
  /** Where replay stopped; null: nothing was replayed. */
  readonly stopLsn: string | null;
  /** RFC 3339, of the last transaction that was replayed; null: none. */
  readonly lastCommitAt: string | null;
  readonly timeline: number;
  readonly systemIdentifier: string;
  readonly checks: readonly Check[];
}

const fileOf = (generation: string) => `restores/${generation}.json`;

/** Keeps it in the catalogue. */
export async function writeReport(docker: Docker, stack: string, report: RestoreReport): Promise<void> {
  await inRecords(docker, stack, "mkdir -p restores", []);
  await writeRecord(docker, stack, fileOf(report.generation), `${JSON.stringify(report)}\n`);
}

/** How a generation was made; undefined: it was not restored, or is not ready yet. */
export async function readReport(
  docker: Docker,
  stack: string,
  generation: string,
): Promise<RestoreReport | undefined> {
  const text = await readRecord(docker, stack, fileOf(generation));
  return text === undefined ? undefined : (JSON.parse(text) as RestoreReport);
}

import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { connectDatabase } from "../operations/database/connect.ts";
import { readCatalogue } from "../operations/generations/catalogue.ts";
import { initialGeneration, servingGeneration } from "../operations/generations/format.ts";
import type { JournalLine } from "../operations/journal/line.ts";
import { connect } from "../operations/live/docker.ts";
import { readJournal } from "../operations/live/journal.ts";
import type { Copied } from "../operations/recovery/ways.ts";
import type { Project } from "./project.ts";

export const docker = connect();

/** One measured recovery, as the journal tells it. */
export interface Recovery {
  /** The whole `up`. */
  readonly upSeconds: number;
  /** From the first byte copied until the data had passed its gate. */
  readonly restoreSeconds: number;
  readonly copySeconds: number;
  readonly replaySeconds: number;
  /** How the data directory was made. */
  readonly way: Copied["way"];
  readonly bytes: number;
  /** The base point or backup that was copied. */
  readonly base: string;
  readonly generation: string;
  readonly output: string;
}

/** Statements of which a moment must be clearly before or after. */
const quietMilliseconds = 500;

/** A moment in the middle of a quiet second: nothing is written right before it or after it. RFC 3339. */
export async function quietMoment(): Promise<string> {
  await sleep(quietMilliseconds);
  const moment = new Date().toISOString();
  await sleep(quietMilliseconds);
  return moment;
}

/** Runs `up` with the target that is configured. */
export async function recover(project: Project, upArgs: readonly string[]): Promise<Recovery> {
  const { seconds, stdout } = await project.ok("up", ...upArgs);
  const lines = await readJournal(docker, project.stack);
  const restored = lines.findLast(({ event }) => event === "restored") as JournalLine & Recovery & { seconds: number };
  const catalogue = await readCatalogue(docker, project.stack);
  const { generation } = catalogue!.requests.at(-1)!;
  const { copySeconds, replaySeconds, way, base, bytes, seconds: restoreSeconds } = restored;
  return {
    upSeconds: seconds,
    restoreSeconds,
    copySeconds,
    replaySeconds,
    way,
    bytes,
    base,
    generation,
    output: stdout,
  };
}

/** Runs `work` as superuser in the generation that serves, past the pooler. */
export async function inServing<T>(project: Project, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const container = `${project.stack}-database-${await servingIn(project)}`;
  const client = await connectDatabase(docker, { container, database: "orders", user: "postgres" });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The generation that serves, as the catalogue says it. */
export async function servingIn({ stack }: Pick<Project, "stack">): Promise<string> {
  const catalogue = await readCatalogue(docker, stack);
  return catalogue ? servingGeneration(catalogue) : initialGeneration;
}

import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { connectDatabase } from "../database/connect.ts";
import { execOk } from "../live/docker.ts";
import type { JournalEntry } from "../live/journal.ts";
import { readSchema } from "../migrations/schema-state.ts";
import { recordDump } from "./catalogue.ts";
import { type DumpPoint, dumpName } from "./point.ts";

export interface DumpRun {
  readonly docker: Docker;
  readonly stack: string;
  readonly generation: string;
  /** Container that runs the generation. */
  readonly container: string;
  /** Name of the database. */
  readonly database: string;
  /** Patterns of pg_dump, such as `public.orders`; empty: everything. */
  readonly tables: readonly string[];
  readonly reason: string;
  readonly actor: string;
  readonly journal: (entry: JournalEntry) => Promise<unknown>;
}

/**
 * Takes a logical dump into the volume of backups, reads it back whole, and records it. Its cost grows with the database.
 * @throws when it cannot be read back, or a pattern names no table; nothing is recorded then
 */
export async function runDump(run: DumpRun): Promise<DumpPoint> {
  const { docker, stack, generation, container, database, tables, reason, actor } = run;
  const at = new Date();
  const name = dumpName(at, randomBytes(3).toString("hex"));
  const client = await connectDatabase(docker, { container, database, user: "postgres" });
  const { head } = await readSchema(client).finally(() => client.end());
  const printed = await execOk(docker, container, ["switchback-dump", database, name, ...tables]);
  const dump = JSON.parse(printed) as Pick<DumpPoint, "file" | "bytes" | "sha256" | "tables">;
  const point: DumpPoint = {
    name,
    kind: "dump",
    at: at.toISOString(),
    generation,
    database,
    ...dump,
    partial: tables.length > 0,
    head,
    reason,
    actor,
  };
  await recordDump(docker, stack, point);
  await run.journal({ event: "dump", operation: "dump", name, bytes: dump.bytes, reason, actor });
  return point;
}

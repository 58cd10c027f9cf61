import { randomBytes } from "node:crypto";
import type { BackupGoal } from "../../../operations/backup/goal.ts";
import { type BackupResult, runSafetyBackup } from "../../../operations/backup/operation.ts";
import { connectDatabase } from "../../../operations/database/connect.ts";
import type { JournalEntry } from "../../../operations/live/journal.ts";
import { ensureRecords } from "../../../operations/live/records.ts";
import { goalOf, runGoal } from "../database/goal.ts";
import { createRig as createDatabase, type Rig as DatabaseRig, docker } from "../database/rig.ts";

export interface Rig extends DatabaseRig {
  readonly journal: JournalEntry[];
  sql(text: string): Promise<Record<string, unknown>[]>;
  backup(change?: Partial<BackupGoal>, epoch?: string): Promise<BackupResult>;
}

/** A database that is set up, with its catalogue. */
export async function createRig(options: Parameters<typeof createDatabase>[0] = {}): Promise<Rig> {
  const rig = await createDatabase(options);
  await ensureRecords(docker, rig.stack);
  await runGoal(goalOf(rig));
  const journal: JournalEntry[] = [];
  return {
    ...rig,
    journal,
    sql: async (text) => {
      const client = await connectDatabase(docker, { container: rig.container, database: "app", user: "postgres" });
      try {
        const result = await client.query(text);
        return [result].flat().at(-1)!.rows;
      } finally {
        await client.end();
      }
    },
    backup: (change = {}, epoch = randomBytes(6).toString("hex")) =>
      runSafetyBackup({
        docker,
        goal: {
          stack: rig.stack,
          generation: "initial",
          container: rig.container,
          database: "app",
          maxAgeHours: 6,
          countSeconds: 5,
          basePoints: 0,
          files: [],
          fileSeconds: 20,
          releases: { blue: "1.0.0", green: "2.1.0" },
          sets: { blue: "orders@1", green: "orders@2" },
          activeColor: "green",
          ...change,
        },
        epoch,
        reason: "a test",
        actor: "test",
        journal: async (entry) => {
          journal.push(entry);
          return { at: "" };
        },
        log: () => {},
      }),
  };
}

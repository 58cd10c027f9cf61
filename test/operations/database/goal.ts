import { randomBytes } from "node:crypto";
import type { DatabaseGoal } from "../../../operations/database/goal.ts";
import { type DatabaseResult, runDatabase } from "../../../operations/database/operation.ts";
import type { JournalEntry } from "../../../operations/live/journal.ts";
import { scramVerifier } from "../../../stacks/passwords.ts";
import { docker, type Rig } from "./rig.ts";

export const secret = "a secret of the tests";

/** The goal of a rig's database `app`, with passwords derived from `from`. */
export function goalOf(rig: Rig, from = secret): DatabaseGoal {
  const group = (name: string) => ({ name, verifier: undefined });
  const login = (name: string) => ({ name, verifier: scramVerifier(from, rig.stack, name) });
  return {
    stack: rig.stack,
    generation: "initial",
    container: rig.container,
    backupVolume: `${rig.stack}-backups`,
    database: "app",
    basePoints: 0,
    roles: {
      owner: group("app_owner"),
      migrator: login("app_migrator"),
      app: group("app_app"),
      blue: login("app_blue"),
      green: login("app_green"),
    },
  };
}

/** Runs the operation on a rig. @returns its result, and what it logged and wrote to the journal */
export async function runGoal(
  goal: DatabaseGoal,
  epoch = randomBytes(6).toString("hex"),
): Promise<DatabaseResult & { log: string[]; journal: JournalEntry[]; epoch: string }> {
  const log: string[] = [];
  const journal: JournalEntry[] = [];
  const result = await runDatabase({
    docker,
    goal,
    epoch,
    reason: "a test",
    actor: "test",
    journal: async (entry) => {
      journal.push(entry);
      return { at: "" };
    },
    log: (line) => log.push(line),
  });
  return { ...result, log, journal, epoch };
}

import type { DatabaseGoal } from "./database/goal.ts";
import { runDatabase } from "./database/operation.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runReason, withLock } from "./live/lock.ts";
import { ensureRecords } from "./live/records.ts";

/**
 * What the database's command resource runs: SWITCHBACK_DATABASE_GOAL (a DatabaseGoal as JSON; a secret) and
 * SWITCHBACK_EPOCH. Progress goes to stderr, the result as one line of JSON to stdout.
 */
async function main(): Promise<void> {
  const goal = JSON.parse(required("SWITCHBACK_DATABASE_GOAL")) as DatabaseGoal;
  const epoch = required("SWITCHBACK_EPOCH");
  const docker = connect();
  await ensureRecords(docker, goal.stack);
  const reason = await runReason(goal.stack);
  const result = await withLock(docker, goal.stack, "database", () =>
    runDatabase({
      docker,
      goal,
      epoch,
      reason,
      actor: actor(),
      journal: (entry) => appendJournal(docker, goal.stack, entry),
      log: (line) => console.error(line),
    }),
  );
  console.log(JSON.stringify(result));
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`expected the environment variable ${name}, got none; \`up\` sets it`);
}

main().catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});

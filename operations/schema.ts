import { actor } from "./live/actor.ts";
import { connect, withShells } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runReason, withLock } from "./live/lock.ts";
import { required, runProgram } from "./live/program.ts";
import { ensureRecords, recordsName } from "./live/records.ts";
import { routerName } from "./router/state.ts";
import type { SchemaGoal } from "./schema/goal.ts";
import { runSchema } from "./schema/operation.ts";

/**
 * What the schema's command resource runs: SWITCHBACK_SCHEMA_GOAL (a SchemaGoal as JSON) and SWITCHBACK_EPOCH. Progress goes
 * to stderr, the result as one line of JSON to stdout.
 */
async function main(): Promise<void> {
  const goal = JSON.parse(required("SWITCHBACK_SCHEMA_GOAL")) as SchemaGoal;
  const epoch = required("SWITCHBACK_EPOCH");
  const docker = connect();
  await ensureRecords(docker, goal.stack);
  const reason = await runReason(goal.stack);
  const operate = () =>
    runSchema({
      docker,
      goal,
      epoch,
      reason,
      actor: actor(),
      journal: (entry) => appendJournal(docker, goal.stack, entry),
      log: (line) => console.error(line),
    });
  const containers = [recordsName(goal.stack), routerName(goal.stack), `${goal.stack}-pooler`];
  const result = await withShells(docker, containers, () => withLock(docker, goal.stack, "schema", operate));
  console.log(JSON.stringify(result));
}

runProgram(main);

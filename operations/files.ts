import { text } from "node:stream/consumers";
import type { FilesGoal } from "./files/goal.ts";
import { runFiles } from "./files/operation.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runReason, withLock } from "./live/lock.ts";
import { required, runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";

/**
 * What the command of a part of the platform runs: a FilesGoal as JSON on stdin, for it may hold secrets and long files, and
 * SWITCHBACK_EPOCH. Progress goes to stderr, the result as one line of JSON to stdout.
 */
async function main(): Promise<void> {
  const goal = JSON.parse(await text(process.stdin)) as FilesGoal;
  const epoch = required("SWITCHBACK_EPOCH");
  const docker = connect();
  await ensureRecords(docker, goal.stack);
  const reason = await runReason(goal.stack);
  const result = await withLock(docker, goal.stack, goal.part, () =>
    runFiles({
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

runProgram(main);

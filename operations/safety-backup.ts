import type { BackupGoal } from "./backup/goal.ts";
import { runSafetyBackup } from "./backup/operation.ts";
import { actor } from "./live/actor.ts";
import { connect, withShells } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runReason, withLock } from "./live/lock.ts";
import { required, runProgram } from "./live/program.ts";
import { ensureRecords, recordsName } from "./live/records.ts";

/**
 * What the safety backup's command resource runs: SWITCHBACK_BACKUP_GOAL (a BackupGoal as JSON) and SWITCHBACK_EPOCH.
 * Progress goes to stderr, the result as one line of JSON to stdout.
 */
runProgram(async () => {
  const goal = JSON.parse(required("SWITCHBACK_BACKUP_GOAL")) as BackupGoal;
  const epoch = required("SWITCHBACK_EPOCH");
  const docker = connect();
  await ensureRecords(docker, goal.stack);
  const reason = await runReason(goal.stack);
  const operate = () =>
    runSafetyBackup({
      docker,
      goal,
      epoch,
      reason,
      actor: actor(),
      journal: (entry) => appendJournal(docker, goal.stack, entry),
      log: (line) => console.error(line),
    });
  const result = await withShells(docker, [recordsName(goal.stack)], () =>
    withLock(docker, goal.stack, "safety backup", operate),
  );
  console.log(JSON.stringify(result));
});

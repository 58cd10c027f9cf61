import type { BackupGoal } from "./backup/goal.ts";
import { runSafetyBackup } from "./backup/operation.ts";
import { goalIn, runOperation } from "./live/program.ts";

// What the safety backup's command resource runs.
runOperation({
  goal: goalIn<BackupGoal>("SWITCHBACK_BACKUP_GOAL"),
  purpose: () => "safety backup",
  operate: runSafetyBackup,
});

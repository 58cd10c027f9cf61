import { backupFailure } from "./backup-failure.ts";
import { badDelete } from "./bad-delete.ts";
import { badMigration } from "./bad-migration.ts";
import { breach } from "./breach.ts";
import { cacheFailure } from "./cache-failure.ts";
import { cascadingFailure } from "./cascading-failure.ts";
import { catalogue } from "./catalogue.ts";
import { completeOutage } from "./complete-outage.ts";
import { configError } from "./config-error.ts";
import { corruption } from "./corruption.ts";
import { databaseFailure } from "./database-failure.ts";
import { failedDeploy } from "./failed-deploy.ts";
import { lostState } from "./lost-state.ts";
import { networkFailure } from "./network-failure.ts";
import { resourceExhaustion } from "./resource-exhaustion.ts";
import { rollbackFailed } from "./rollback-failed.ts";
import { rotatePassword } from "./rotate-password.ts";
import type { Runbook } from "./runbook.ts";
import { serviceCrash } from "./service-crash.ts";

/** In the order of the list: what is met most often first. */
export const runbooks: readonly Runbook[] = [
  failedDeploy,
  serviceCrash,
  badMigration,
  configError,
  badDelete,
  databaseFailure,
  cacheFailure,
  networkFailure,
  corruption,
  breach,
  completeOutage,
  rollbackFailed,
  backupFailure,
  lostState,
  catalogue,
  rotatePassword,
  cascadingFailure,
  resourceExhaustion,
];

/** @throws when there is no such runbook */
export function runbookNamed(name: string): Runbook {
  const found = runbooks.find((book) => book.name === name);
  if (found) return found;
  throw new Error(`runbook: expected one of ${runbooks.map((book) => book.name).join(", ")}, got ${name}`);
}

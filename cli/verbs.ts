import { adopt } from "./adopt.ts";
import { audit } from "./audit.ts";
import { backups } from "./backups.ts";
import { capture } from "./capture.ts";
import { clear, isolate, maintenanceOff, maintenanceOn, restoreDrill } from "./change.ts";
import { completion } from "./completion.ts";
import { decide } from "./decide.ts";
import { evidenceExport, evidenceList, evidenceTake } from "./evidence.ts";
import { gc } from "./gc.ts";
import { generationsExport, generationsList, generationsRebuild, generationsRemove } from "./generations.ts";
import { history, incident, journalExport, journalVerify } from "./journal.ts";
import { notificationsDeliver, notificationsList, notificationsTest } from "./notifications.ts";
import { recoverRows } from "./recover-rows.ts";
import { releasesCompose, releasesDiff, releasesList, releasesRecord, releasesTag } from "./releases.ts";
import { restart } from "./restart.ts";
import { restoreFiles } from "./restore-files.ts";
import { rollback } from "./rollback.ts";
import { runbook } from "./runbook.ts";
import { status } from "./status.ts";
import { validate } from "./validate.ts";
import type { Verb } from "./verb.ts";

/** Switchback's own commands, in the order of the help. */
export const verbs: Readonly<Record<string, Verb>> = {
  status,
  decide,
  runbook,
  rollback,
  capture,
  "maintenance on": maintenanceOn,
  "maintenance off": maintenanceOff,
  isolate,
  clear,
  "restore-drill": restoreDrill,
  restart,
  backups,
  "releases list": releasesList,
  "releases record": releasesRecord,
  "releases compose": releasesCompose,
  "releases tag": releasesTag,
  "releases diff": releasesDiff,
  validate,
  history,
  incident,
  "journal verify": journalVerify,
  "journal export": journalExport,
  "notifications list": notificationsList,
  "notifications deliver": notificationsDeliver,
  "notifications test": notificationsTest,
  gc,
  audit,
  "recover-rows": recoverRows,
  "restore-files": restoreFiles,
  "evidence list": evidenceList,
  "evidence take": evidenceTake,
  "evidence export": evidenceExport,
  "generations list": generationsList,
  "generations export": generationsExport,
  "generations remove": generationsRemove,
  "generations rebuild": generationsRebuild,
  "stack adopt": adopt,
  completion,
};

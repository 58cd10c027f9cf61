import { adopt } from "./adopt.ts";
import { audit } from "./audit.ts";
import { evidenceExport, evidenceList, evidenceTake } from "./evidence.ts";
import { gc } from "./gc.ts";
import { generationsExport, generationsList, generationsRebuild, generationsRemove } from "./generations.ts";
import { recoverRows } from "./recover-rows.ts";
import { restoreFiles } from "./restore-files.ts";
import { status } from "./status.ts";
import { validate } from "./validate.ts";
import type { Verb } from "./verb.ts";

/** Switchback's own commands, in the order of the help. */
export const verbs: Readonly<Record<string, Verb>> = {
  status,
  validate,
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
};

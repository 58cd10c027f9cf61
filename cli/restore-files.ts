import { text } from "./flags.ts";
import { runOnStack, type Verb } from "./verb.ts";

export const restoreFiles: Verb = {
  summary: "SERVICE VOLUME NEW-VOLUME [BACKUP-POINT]: write the files of a backup point into a new volume",
  flags: { message: text("m") },
  run: (call) => runOnStack(call, "restore-files", ...call.words),
};

import { join } from "node:path";

export interface Finished {
  readonly stack: string;
  /** Folder of the project. */
  readonly root: string;
  readonly ok: boolean;
  /** By Ctrl-C, or by a signal that asks to end. */
  readonly interrupted: boolean;
  /** When the command began, in ms since 1970. */
  readonly began: number;
}

/** Tells the program that this command runs it: it writes a refusal down, and leaves the end of what failed to {@link afterUp}. */
export const byCommand = { SWITCHBACK_RECORDS: "command" };

/** Writes the end of an `up` that has written none, and brings the journal's mirror up to the records. Never fails. */
export async function afterUp({ stack, root, ok, interrupted, began }: Finished): Promise<void> {
  try {
    const [{ connect }, { appendJournal, readJournal }, { mirrorJournal }, { missingEnd }, { actor }] =
      await Promise.all([
        import("../operations/live/docker.ts"),
        import("../operations/live/journal.ts"),
        import("../operations/journal/mirror.ts"),
        import("../operations/journal/missing-end.ts"),
        import("../operations/live/actor.ts"),
      ]);
    const docker = connect();
    if (!ok) {
      const lines = await readJournal(docker, stack);
      const end = missingEnd(lines, { interrupted, began });
      const reason = process.env.SWITCHBACK_REASON ?? "";
      if (end && lines.length > 0) await appendJournal(docker, stack, { reason, ...end, actor: actor() });
    }
    await mirrorJournal(docker, stack, join(root, ".switchback"));
  } catch (error) {
    // With no records there is nothing to end and nothing to mirror.
    if ((error as { statusCode?: number }).statusCode === 404) return;
    console.error(`switchback: the journal was not brought to its end: ${(error as Error).message}`);
  }
}

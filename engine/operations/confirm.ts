import type { Io } from "./open.ts";

/** Whether to go on: with --yes, or when somebody at a terminal says so. */
export async function confirmed(options: { yes?: boolean }, question: string, io: Io): Promise<boolean> {
  if (options.yes) return true;
  if (io.confirm === undefined) throw new Error("nobody can answer here: pass --yes to go on without asking");
  return io.confirm(question);
}

import { readFileSync } from "node:fs";

/**
 * Whether a process of this host runs. One that has ended counts as gone also while nobody has asked for its exit code:
 * in a container the first process may take seconds to, or never do it.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return processFields(pid)?.[0] !== "Z";
}

/** The fields of /proc/<pid>/stat from the state on; undefined where there is no such file. */
export function processFields(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  } catch {
    return undefined;
  }
}

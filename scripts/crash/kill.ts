import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect, exec } from "../../operations/live/docker.ts";
import type { Project } from "../project.ts";

export type Victim = "engine" | "operation" | keyof typeof servers;

/** Servers that are killed in their container: container of the stack, and name of the process. */
const servers = {
  nginx: ["router", "nginx"],
  pooler: ["pooler", "pgbouncer"],
  database: ["database-initial", "postgres"],
} as const;

/** Runs `switchback <words>` and kills the victim with SIGKILL as soon as a line of its output matches. @returns whether it did */
export async function killAt(
  project: Project,
  words: readonly string[],
  boundary: RegExp,
  victim: Victim,
): Promise<boolean> {
  const child = project.start(...words);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const killed = await new Promise<boolean>((resolve) => {
    let text = "";
    const watch = (chunk: Buffer) => {
      text += chunk;
      if (boundary.test(text)) resolve(true);
    };
    child.stdout?.on("data", watch);
    child.stderr?.on("data", watch);
    child.once("close", () => resolve(false));
  });
  if (killed) await kill(project, child, victim);
  await ended;
  return killed;
}

async function kill(project: Project, child: ChildProcess, victim: Victim): Promise<void> {
  if (victim in servers) {
    const [container, program] = servers[victim as keyof typeof servers];
    await exec(connect(), `${project.stack}-${container}`, ["pkill", "-KILL", program]).catch(() => {});
    return;
  }
  if (victim === "operation") {
    for (const pid of operations(project.dir)) killQuietly(pid);
    return;
  }
  // The group holds the engine and the program; an operation is in one of its own and goes on as an orphan.
  killQuietly(-child.pid!);
}

/** Processes that run an operation for this project folder. */
function operations(folder: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`) === folder &&
          readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("operations/")
        );
      } catch {
        return false;
      }
    });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

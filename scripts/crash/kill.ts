import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect, exec } from "../../operations/live/docker.ts";
import type { Project } from "../project.ts";

export type Victim = "engine" | "operation" | keyof typeof servers;

/** Servers that are killed in their container: role of the container, and name of the process. */
const servers = {
  nginx: { role: "router", program: "nginx" },
  pooler: { role: "pooler", program: "pgbouncer" },
  /** Of the generation that served when the run began, and of the one made last. */
  database: { role: "database", program: "postgres" },
  restored: { role: "database", program: "postgres" },
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
  if (victim !== "engine" && victim !== "operation") {
    const container = await containerOf(project, victim);
    if (container) await exec(connect(), container, ["pkill", "-KILL", servers[victim].program]).catch(() => {});
    return;
  }
  if (victim === "operation") {
    for (const pid of operations(project.dir)) killQuietly(pid);
    return;
  }
  // The group holds the engine and the program; an operation is in one of its own and goes on as an orphan.
  killQuietly(-child.pid!);
}

/** The running container of a server; of the generations the oldest, or for `restored` the newest. */
async function containerOf({ stack }: Project, victim: keyof typeof servers): Promise<string | undefined> {
  const label = [`switchback.stack=${stack}`, `switchback.role=${servers[victim].role}`];
  const found = await connect().listContainers({ filters: { label } });
  const byAge = found.sort((a, b) => a.Created - b.Created);
  return (victim === "restored" ? byAge.at(-1) : byAge[0])?.Id;
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

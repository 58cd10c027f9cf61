import type Docker from "dockerode";
import { execOk } from "../live/docker.ts";
import { readLogs } from "../live/logs.ts";
import { openShell } from "../live/shell.ts";
import { explain } from "./explain.ts";
import type { RestoreGoal } from "./goal.ts";
import { renderSettings } from "./settings.ts";

const pollMilliseconds = 100;
const sayMilliseconds = 10_000;
/** The entry looks for the data five times a second; a container that has just failed waits for longer until it is started again. */
const startMilliseconds = 60_000;

/**
 * Lets PostgreSQL start on the copy, replay, and promote itself. One that has done so before is only looked at.
 * @returns seconds until it accepted writes
 * @throws when it ends before, with what its log means
 */
export async function replay(docker: Docker, goal: RestoreGoal, log: (line: string) => void): Promise<number> {
  const { container, material } = goal;
  const begun = performance.now();
  const kind = material.kind === "base" ? "replay" : "plain";
  await execOk(docker, container, ["switchback-restore", "start", kind], renderSettings(goal));
  if (!(await awaitProduction(docker, container, log)))
    throw new Error(
      explain(await readLogs(docker.getContainer(container), { stdout: true, stderr: true, tail: 400 }), goal),
    );
  return (performance.now() - begun) / 1000;
}

/** @returns whether it accepts writes; false: the container has ended */
async function awaitProduction(docker: Docker, container: string, log: (line: string) => void): Promise<boolean> {
  const shell = await openShell(docker, container);
  const begun = performance.now();
  let said = begun;
  let started = false;
  try {
    for (;;) {
      const { stdout } = await shell.run(["sh", "-c", look], undefined);
      const { pending, running, state, at } = parseLook(stdout);
      if (!pending && running && state === "in production") return true;
      started ||= running;
      const now = performance.now();
      if (!started && now - begun > startMilliseconds)
        throw new Error(
          `expected PostgreSQL in ${container} to start within ${startMilliseconds / 1000} s, got none; see \`docker logs ${container}\``,
        );
      if (now - said > sayMilliseconds) {
        log(`replaying: at ${at}`);
        said = now;
      }
      await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
    }
  } catch (error) {
    if ((error as Error).message.includes("ended before its command did")) return false;
    throw error;
  } finally {
    shell.close();
  }
}

// Nothing connects: until the promotion each attempt would leave a line in the log, and push out the ones that count.
const look = `export LC_ALL=C
[ ! -f "$PGDATA/recovery.signal" ] || echo pending
[ ! -f "$PGDATA/postmaster.pid" ] || echo running
pg_controldata "$PGDATA"`;

/** What the data directory says of its server. Pure, for its tests. */
export function parseLook(text: string): { pending: boolean; running: boolean; state: string; at: string } {
  const lines = text.split("\n");
  const field = (name: string) =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? "";
  const [minimum, redo] = [field("Minimum recovery ending location"), field("Latest checkpoint's REDO location")];
  return {
    pending: lines.includes("pending"),
    running: lines.includes("running"),
    state: field("Database cluster state"),
    at: minimum === "0/0" || minimum === "" ? redo : minimum,
  };
}

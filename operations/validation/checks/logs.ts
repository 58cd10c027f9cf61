import { readLogs } from "../../live/logs.ts";
import { type Check, judged, ok } from "../check.ts";
import { type Context, isRunning } from "../context.ts";

const name = "error lines in logs";
/** Read of each container at most. */
const lines = 5000;

/** Lines that tell an error, by container. Their text stays where it is: it may hold what a report must not. */
export async function checkLogs(context: Context): Promise<Check[]> {
  const { docker, expectation, logsSince } = context;
  const { errorLines, logMinutes } = expectation.thresholds;
  const since = Math.max(Math.floor(Date.now() / 1000) - logMinutes * 60, logsSince);
  const running = expectation.containers.filter((container) => isRunning(context, container.name));
  const counts = await Promise.all(
    running.map(async ({ name: container, role }) => {
      // The router's stdout is the log of its requests.
      const text = await readLogs(docker.getContainer(container), {
        stdout: role !== "router",
        stderr: true,
        since,
        tail: lines,
      });
      return { container, count: countErrors(text) };
    }),
  );
  return [judgeLogs(counts, errorLines, logMinutes)];
}

const telling =
  /\b(ERROR|FATAL|PANIC|CRITICAL|EMERG)\b|\[(error|crit|alert|emerg)\]|"level":\s*"(error|fatal)"|\b(Error|Exception):/;

export const countErrors = (text: string): number => text.split("\n").filter((line) => telling.test(line)).length;

export function judgeLogs(
  counts: readonly { container: string; count: number }[],
  most: number,
  minutes: number,
): Check {
  const threshold = `at most ${most} of each container in ${minutes} min`;
  const over = counts.filter(({ count }) => count > most);
  if (over.length === 0) return ok(name, `${Math.max(0, ...counts.map(({ count }) => count))}`, threshold);
  const remedy = over.map(({ container }) => `\`docker logs --since ${minutes}m ${container}\``).join(", ");
  return judged(false, name, over.map(({ container, count }) => `${container} ${count}`).join(", "), threshold, remedy);
}

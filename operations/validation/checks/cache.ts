import { cacheCommand } from "../../../stacks/cache-plan.ts";
import { exec } from "../../live/docker.ts";
import { type Check, judged, ok, unknown } from "../check.ts";
import { type Context, isRunning } from "../context.ts";

const name = "cache";

/** Redis answers, and what it keeps reaches its disk. */
export async function checkCache(context: Context): Promise<Check[]> {
  const { cache: container } = context.expectation;
  if (container === null) return [];
  if (!isRunning(context, container)) return [unknown(name, `${container} does not run`)];
  const { exitCode, stdout, stderr } = await exec(context.docker, container, cacheCommand("info", "persistence"));
  return [judgeCache(container, exitCode, exitCode === 0 ? stdout : stderr || stdout)];
}

/** @param text what `info persistence` printed */
export function judgeCache(container: string, exitCode: number, text: string): Check {
  const fields = new Map(text.split(/\r?\n/).map((line) => line.split(":") as [string, string]));
  const threshold = "answers, writes its disk";
  const remedy = `\`docker logs ${container}\` says why`;
  if (exitCode !== 0 || !fields.has("loading"))
    return judged(false, name, text.trim() || `exit ${exitCode}`, threshold, remedy);
  if (fields.get("loading") !== "0")
    return judged(false, name, "it is loading its data", threshold, "wait until it has its data");
  const failed = ["rdb_last_bgsave_status", "aof_last_write_status"].filter(
    (field) => (fields.get(field) ?? "ok") !== "ok",
  );
  return failed.length === 0
    ? ok(name, "answers", threshold)
    : judged(
        false,
        name,
        failed.map((field) => `${field} ${fields.get(field)}`).join(", "),
        threshold,
        `${remedy}; make room on its disk`,
      );
}

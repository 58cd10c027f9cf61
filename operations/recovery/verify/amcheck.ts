import type Docker from "dockerode";
import { type ExecResult, exec } from "../../live/docker.ts";
import { type Check, no, unknown, yes } from "./check.ts";

const catalogSeconds = 20;

/** Checks heap and indexes of the system catalogs: their size is that of the schema, not of the data. */
export const amcheckCatalogs = async (docker: Docker, container: string, database: string): Promise<Check> =>
  judgeAmcheck(
    "catalogs (amcheck)",
    await exec(docker, container, [
      ...["timeout", `${catalogSeconds}`, "pg_amcheck", "--host", "/run/postgresql", "--username", "postgres"],
      ...["--heapallindexed", "--schema", "pg_catalog", database],
    ]),
    catalogSeconds,
  );

/** What a run of pg_amcheck under `timeout` means. Pure. */
export function judgeAmcheck(name: string, { exitCode, stdout, stderr }: ExecResult, seconds: number): Check {
  if (exitCode === 0) return yes(name, "nothing found");
  if (exitCode === timedOut) return unknown(name, `not finished within ${seconds} s`);
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  const shown = lines.slice(0, 5).join(" ").replace(/\s+/g, " ").trim().slice(0, 600);
  return no(name, "nothing", `${shown || `exit ${exitCode}`}${lines.length > 5 ? " …" : ""}`);
}

const timedOut = 124;

import type Docker from "dockerode";
import { exec } from "../live/docker.ts";
import type { DatabaseGoal } from "./goal.ts";
import type { Base } from "./repository.ts";
import { readDatabase } from "./state.ts";

/**
 * Makes the generation's path in the repository, proves that WAL gets there, and takes the first base when there is none.
 * @throws when the archive does not work
 */
export async function ensureBackups(docker: Docker, goal: DatabaseGoal, log: (line: string) => void): Promise<Base> {
  const { container, generation, database } = goal;
  const run = (...argv: string[]) => pgbackrest(docker, container, generation, argv);
  await run("stanza-create");
  const base = await readBase(docker, container, database);
  if (base) {
    await run("--archive-timeout=30", "check");
    return base;
  }
  log(`no base yet: taking the first full backup of ${generation}`);
  await run("--type=full", "--archive-timeout=60", "backup");
  const first = await readBase(docker, container, database);
  if (!first) throw new Error(`expected a base of ${generation} after a full backup, got none in \`pgbackrest info\``);
  log(`base ${first.label}, ${Math.round(first.bytes / 1e6)} MB in the repository`);
  return first;
}

/** Runs pgBackRest in a generation's container. @throws when it fails, with its message */
export async function pgbackrest(
  docker: Docker,
  container: string,
  generation: string,
  argv: readonly string[],
): Promise<string> {
  const { exitCode, stdout, stderr } = await exec(docker, container, ["pgbackrest", `--stanza=${generation}`, ...argv]);
  if (exitCode === 0) return stdout;
  throw new Error(
    `expected \`pgbackrest ${argv.at(-1)}\` for ${generation} to succeed, got exit ${exitCode}: ${stderr.trim() || stdout.trim()}`,
  );
}

async function readBase(docker: Docker, container: string, database: string): Promise<Base | null> {
  const state = await readDatabase(docker, container, database);
  if (!state.reachable) throw new Error(`expected to read ${container}, got: ${state.reason}`);
  return state.base;
}

import type Docker from "dockerode";
import type { Catalogue } from "../generations/format.ts";
import { exec } from "../live/docker.ts";
import { clone } from "./clone/clone.ts";
import type { Material, RestoreGoal } from "./goal.ts";

/** A copy of the data, whole, on which nothing was replayed yet. */
export interface Copied {
  /** Name of the way by which it was made. */
  readonly way: "clone" | "pgbackrest" | "dump";
  /** Name of the base point, backup or dump that it is a copy of. */
  readonly base: string;
  readonly seconds: number;
  /** Bytes of the data directory. */
  readonly bytes: number;
  /** Where the replay begins; null: nothing is replayed. */
  readonly startLsn: string | null;
}

/** A generation whose data directory is made, while its container waits for it. */
export interface Making {
  readonly docker: Docker;
  readonly goal: RestoreGoal;
  readonly catalogue: Catalogue;
  readonly log: (line: string) => void;
}

/**
 * Makes the data directory by the fastest way that is possible here, goes on with what was begun, or says how it was made
 * before.
 * @throws when it cannot be made
 */
export async function copyData(making: Making): Promise<Copied> {
  const { docker, log } = making;
  const { container, material } = making.goal;
  const before = await exec(docker, container, ["cat", "/var/lib/postgresql/data/copied"]);
  if (before.exitCode === 0) return JSON.parse(before.stdout) as Copied;
  if (material.kind === "dump") return loadDump(making, material);
  const cloned = await clone(making, material.label, material.stop);
  if (!("impossible" in cloned)) return cloned;
  log(`not by a clone: ${cloned.impossible}`);
  return restoreBackup(making, material);
}

/** Restores a backup from the repository; every file is checked against its checksum. */
function restoreBackup({ docker, goal, log }: Making, { label }: Extract<Material, { kind: "base" }>): Promise<Copied> {
  const { container, generation, source } = goal;
  log(`making ${generation} of the backup ${label} of ${source.generation}, by pgbackrest`);
  return run(docker, container, ["base", source.generation, label], {
    what: `the backup ${label} of ${source.generation} to be restored`,
    instead: `Ask for what another backup leads to (\`docker exec ${container} pgbackrest --stanza=${source.generation} info\` lists them); \`pgbackrest verify\` there says what is damaged`,
  });
}

/** Loads a logical dump into an empty cluster. */
function loadDump({ docker, goal, log }: Making, dump: Extract<Material, { kind: "dump" }>): Promise<Copied> {
  const { container, generation, database } = goal;
  const { name, file, sha256 } = dump;
  log(`making ${generation} of the dump ${name}, by dump`);
  return run(docker, container, ["dump", database, file, sha256], {
    what: `the dump ${name} to be loaded`,
    instead: "Choose another backup point",
  });
}

async function run(
  docker: Docker,
  container: string,
  argv: readonly string[],
  { what, instead }: { what: string; instead: string },
): Promise<Copied> {
  const { exitCode, stdout, stderr } = await exec(docker, container, ["switchback-restore", ...argv]);
  if (exitCode === 0) return JSON.parse(stdout.trim().split("\n").at(-1)!) as Copied;
  const got = (why: string, advice: string) =>
    new Error(`expected ${what}, got: ${why}; nothing has switched. ${advice}`);
  if (exitCode === killed) throw got("an end of its container", "Run `up` again, which goes on");
  throw got(shortened(stderr.trim().replace(/\s*\n\s*/g, " | ")) || `exit ${exitCode}`, instead);
}

/** By SIGKILL, as everything in a container that ends. */
const killed = 137;

/** Both ends of a long text: the cause comes first, and what it led to last. */
const shortened = (text: string) => (text.length <= 900 ? text : `${text.slice(0, 600)} … ${text.slice(-300)}`);

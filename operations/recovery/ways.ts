import type Docker from "dockerode";
import { exec } from "../live/docker.ts";
import type { RestoreGoal } from "./goal.ts";

/** A copy of the data, whole, on which nothing was replayed yet. */
export interface Copied {
  /** Name of the way by which it was made. */
  readonly way: string;
  readonly seconds: number;
  /** Bytes of the data directory. */
  readonly bytes: number;
  /** Where the replay begins; null: nothing is replayed. */
  readonly startLsn: string | null;
}

/** A way to make the data directory of a generation, while its container waits for it. */
export interface Way {
  readonly name: string;
  /** Asked at run time: whether this is a way to the goal here. */
  possible(docker: Docker, goal: RestoreGoal): Promise<boolean>;
  /** Makes the copy, goes on with one that was begun, or says how it was made before. @throws when it cannot be made */
  copy(docker: Docker, goal: RestoreGoal): Promise<Copied>;
}

/** Restores a backup from the repository; every file is checked against its checksum. */
const pgbackrest: Way = {
  name: "pgbackrest",
  possible: async (_, { material }) => material.kind === "base",
  copy: async (docker, { container, source, material }) => {
    if (material.kind !== "base") throw new Error(`expected a backup of pgBackRest, got the dump ${material.name}`);
    const { label } = material;
    return run(docker, container, ["base", source.generation, label], {
      what: `the backup ${label} of ${source.generation} to be restored`,
      instead: `Ask for what another backup leads to (\`docker exec ${container} pgbackrest --stanza=${source.generation} info\` lists them); \`pgbackrest verify\` there says what is damaged`,
    });
  },
};

/** Loads a logical dump into an empty cluster. */
const dump: Way = {
  name: "dump",
  possible: async (_, { material }) => material.kind === "dump",
  copy: async (docker, { container, database, material }) => {
    if (material.kind !== "dump") throw new Error(`expected a dump, got the backup ${material.label}`);
    const { name, file, sha256 } = material;
    return run(docker, container, ["dump", database, file, sha256], {
      what: `the dump ${name} to be loaded`,
      instead: "Choose another backup point",
    });
  },
};

/** The fastest first. */
const ways: readonly Way[] = [pgbackrest, dump];

/** The first way that is possible here. */
export async function chooseWay(docker: Docker, goal: RestoreGoal): Promise<Way> {
  for (const way of ways) if (await way.possible(docker, goal)) return way;
  throw new Error(`expected a way to make the data of ${goal.generation}, got none`);
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

import type Docker from "dockerode";
import { awaitArchived } from "../backup/archive.ts";
import { beat } from "../backup/mark.ts";
import { connectDatabase } from "../database/connect.ts";
import { isDatabaseDead } from "../database/dead.ts";
import type { RestoreGoal } from "./goal.ts";
import { rescueTail } from "./rescue.ts";

/** How the last WAL of the source came within reach. `whole`: what is asked for was in the repository already. */
export type Tail = "archived" | "rescued" | "whole";

/**
 * Brings the WAL up to now within reach of a restore: a source that serves hands it to its repository; of one that does not
 * answer, or cannot archive, it is copied from its volume. A restore point and a base have theirs in the repository.
 */
export async function bringTail(docker: Docker, goal: RestoreGoal, log: (line: string) => void): Promise<Tail> {
  const { material, source } = goal;
  if (material.kind === "dump" || material.stop.kind === "name" || material.stop.kind === "immediate") return "whole";
  const dead = await isDatabaseDead(docker, source.container);
  if (source.serves && !dead) {
    try {
      await archiveTail(docker, goal);
      return "archived";
    } catch (error) {
      log(`${(error as Error).message.split("; nothing has moved")[0]}; the WAL is taken from the volume instead`);
    }
  } else if (!dead) return "whole";
  const names = await rescueTail(docker, goal);
  if (names.length === 0) return "whole";
  log(`rescued ${names.length} WAL segments from the volume of ${source.generation}, up to ${names.at(-1)}`);
  return "rescued";
}

/** Ends the segment with a commit that is later than any target, and waits until the repository has it. */
async function archiveTail(docker: Docker, { source, database }: RestoreGoal): Promise<void> {
  const { container, generation } = source;
  const client = await connectDatabase(docker, { container, database, user: "postgres" });
  try {
    await beat(client);
    const { rows } = await client.query("select pg_walfile_name(pg_current_wal_insert_lsn()) as segment");
    await client.query("select pg_switch_wal()");
    await awaitArchived(docker, client, { container, generation }, rows[0].segment);
  } finally {
    await client.end();
  }
}

import { connectDatabase } from "../database/connect.ts";
import { isDatabaseDead } from "../database/dead.ts";
import { clearDatabase, pendDatabase } from "../database/marker.ts";
import { allowWrites, endOlderSessions, forbidWrites } from "../database/writes.ts";
import { inRecords, readRecord, writeRecord } from "../live/records.ts";
import { writePooler } from "../pooler/writer.ts";
import type { Pointer } from "../router/goal.ts";
import {
  type Acting,
  closeEntries,
  endMaintenance,
  type Open,
  readOpen,
  readServing,
  reopenEntries,
  showMaintenance,
} from "./closing.ts";
import type { RestoreGoal } from "./goal.ts";

/** What the application gets while its data is made. */
export interface Meanwhile extends Acting {
  readonly during: RestoreGoal["during"];
  /** Container of the generation that serves, and the name of its database. */
  readonly serving: { readonly container: string; readonly database: string };
  /** File of the catalogue in which it is written down what there was before. */
  readonly record?: string;
  readonly log: (line: string) => void;
}

/** What the application had before, so that whoever goes on after a kill can give it back. Null: there was no such part. */
interface Before {
  readonly epoch: string;
  readonly pointer: Pointer | null;
  readonly open: Open | null;
}

const restoring = "meanwhile.json";

/** Shows maintenance with no database behind it, or takes the writes away, or does nothing. It may be run again. */
export async function enterMeanwhile(meanwhile: Meanwhile): Promise<void> {
  const { during, serving, log } = meanwhile;
  if (during === "serve") return;
  const before = await remember(meanwhile);
  if (during === "maintenance") {
    if (before.pointer) await showMaintenance(meanwhile, before.pointer);
    if (before.open) await closeEntries(meanwhile, serving);
    log("maintenance: the application has no database until its data is back");
    return;
  }
  if (await isDatabaseDead(meanwhile.docker, serving.container)) return;
  await switchWrites(meanwhile, before, "off");
  log("read-only: writes of the application fail until its data is back");
}

/** Gives the application back what it had before {@link enterMeanwhile}; nothing when that never ran. */
export async function leaveMeanwhile(meanwhile: Meanwhile): Promise<void> {
  const { docker, stack, during, serving, record = restoring, log } = meanwhile;
  const before = await recall(meanwhile);
  if (!before) return;
  if (during === "maintenance") {
    if (before.open) await reopenEntries(meanwhile, before.open);
    if (before.pointer) await endMaintenance(meanwhile, before.pointer);
  } else if (!(await isDatabaseDead(docker, serving.container))) {
    await switchWrites(meanwhile, before, "on");
  }
  await inRecords(docker, stack, `rm -f ${record}`, []);
  log("the application has what it had before");
}

/** The marker of the generation is pending meanwhile, so that the next `up` gives the writes back when nobody else did. */
async function switchWrites(
  { docker, stack, epoch, goal, serving }: Meanwhile,
  { open }: Before,
  writes: "on" | "off",
): Promise<void> {
  const { database } = serving;
  const client = await connectDatabase(docker, { ...serving, user: "postgres" });
  try {
    if (writes === "off") {
      await pendDatabase(client, epoch, goal);
      await forbidWrites(client, database);
    } else await allowWrites(client, database);
    if (open) {
      await writePooler(docker, stack, { op: "pend", epoch, goal });
      await writePooler(docker, stack, { op: "reconnect", epoch });
      await writePooler(docker, stack, { op: "clear", epoch });
    }
    await endOlderSessions(client, database);
    if (writes === "on") await clearDatabase(client, epoch);
  } finally {
    await client.end();
  }
}

/** What there was before this epoch's first effect, written down before it. */
async function remember(meanwhile: Meanwhile): Promise<Before> {
  const { docker, stack, epoch, record = restoring } = meanwhile;
  const known = await recall(meanwhile);
  if (known) return known;
  const [pointer, open] = await Promise.all([readServing(docker, stack), readOpen(docker, stack)]);
  const before: Before = { epoch, pointer, open };
  await writeRecord(docker, stack, record, `${JSON.stringify(before)}\n`);
  return before;
}

async function recall({ docker, stack, epoch, record = restoring }: Meanwhile): Promise<Before | undefined> {
  const text = await readRecord(docker, stack, record);
  const before = text === undefined ? undefined : (JSON.parse(text) as Before);
  return before?.epoch === epoch ? before : undefined;
}

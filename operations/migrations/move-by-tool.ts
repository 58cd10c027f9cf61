import type pg from "pg";
import { headOf, knows, type Lineage, type Migration, stepsBetween } from "../../stacks/lineage.ts";
import { expectWayBack, failed, openTool, type Tool, type ToolPlace } from "./command.ts";
import { discardKept, keepLosses, restoreKept } from "./kept.ts";
import type { Loss } from "./losses.ts";
import type { MigrateRun } from "./migrate.ts";
import { assertPending, lockNotAvailable, readSchema, settleMarker } from "./schema-state.ts";
import { checkAllowance, putBack, recordAllowance, type StepsResult, verify } from "./steps.ts";
import { imagesOf, recordSteps, rememberImage } from "./tool-steps.ts";

/**
 * Moves the schema by the tool of the lineage. The tool commits by itself: `beforeCommit` runs before it starts, and what a
 * lossy step back loses is counted and kept in a transaction before it. Back it runs in the image that brought the head.
 * What the database says counts, also when an operation died before it had stored what the tool did.
 * @throws with the database where the tool left it, and the head stored accordingly
 */
export async function moveByTool(run: MigrateRun): Promise<StepsResult> {
  const { client, lineage, tool: place } = run;
  if (!place) throw new Error("expected to know where the lineage's tool runs, got nothing");
  const to = headOf(lineage, run.to);
  // An operation that is not the last one to have begun must not end the tool of the one that is.
  await transaction(run, async () => {});
  const tool = await openTool(place, lineage, run.lockTimeoutMs);
  try {
    const images = await imageIds(place);
    const [from, newest] = await Promise.all([currentOf(client, tool, images), newestFirst(tool, lineage, images)]);
    if (!knows(lineage, from))
      throw new Error(`expected the database at a revision of lineage.yaml, got ${from}; add it there, with its marks`);
    await transaction(run, async () => {
      await store(run, from, newest[0]!.image);
      for (const migration of await withKept(client, lineage)) await restoreKept(client, migration);
    });
    const { direction, migrations } = stepsBetween(lineage, from, to);
    if (direction === "down") expectWayBack(migrations);
    const remembered = (await imagesOf(client)).get(direction === "down" ? from : to);
    const using = remembered ?? imageFor(newest, lineage, direction === "up" ? to : from);
    const lost = await transaction(run, async () => {
      if (direction === "up") await rememberImage(client, migrations, using);
      return direction === "down" ? keep(run, migrations) : [];
    });
    const restored = await move({ run, tool, image: using, from, to, lost });
    return { from, to, lost, restored };
  } finally {
    await tool.close();
  }
}

async function imageIds({ docker, images }: ToolPlace): Promise<readonly string[]> {
  const ids = await Promise.all(images.map(async (image) => (await docker.getImage(image).inspect()).Id));
  if (ids.length > 0) return [...new Set(ids)];
  throw new Error("expected an image that has the lineage's tool, got no color with its service; declare one");
}

interface Known {
  readonly image: string;
  readonly last: string;
}

/** The images by the last revision that each of them knows. */
async function newestFirst(tool: Tool, lineage: Lineage, images: readonly string[]): Promise<readonly Known[]> {
  const known = await Promise.all(images.map(async (image) => ({ image, last: await tool.lastOf(image) })));
  const order = ["", ...lineage.migrations.map(({ id }) => id)];
  return known.sort((a, b) => order.indexOf(b.last) - order.indexOf(a.last));
}

/** @throws when no image knows the revision */
function imageFor(newest: readonly Known[], lineage: Lineage, head: string): string {
  const order = ["", ...lineage.migrations.map(({ id }) => id)];
  const found = newest.find(({ last }) => order.indexOf(last) >= order.indexOf(head));
  if (found) return found.image;
  throw new Error(
    `expected an image that knows ${head}, got ${newest.map(({ image, last }) => `${image.slice(0, 19)} up to ${last}`).join(", ")}; deploy the release that brings it`,
  );
}

/** Asks images that may know the revision, the one that ran last first. @throws what the last one said */
async function currentOf(client: pg.ClientBase, tool: Tool, images: readonly string[]): Promise<string> {
  let problem: unknown;
  for (const candidate of new Set([...(await imagesOf(client)).values(), ...images])) {
    try {
      return await tool.current(candidate);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

/** Stores the steps between the head that is stored and the one that the tool says. */
async function store({ client, lineage }: MigrateRun, at: string, image: string): Promise<void> {
  const { direction, migrations } = stepsBetween(lineage, (await readSchema(client)).head, at);
  await recordSteps(client, direction, migrations, image);
}

async function keep(run: MigrateRun, migrations: readonly Migration[]): Promise<readonly Loss[]> {
  const { client, allowDataLoss } = run;
  const { usedAllowances } = await readSchema(client);
  const lost: Loss[] = [];
  for (const migration of migrations) {
    if (migration.down !== "lossy") continue;
    // Of an attempt that did not take place: the values are where they belong.
    await discardKept(client, migration.id);
    const losses = await keepLosses(client, migration, false);
    checkAllowance(allowDataLoss[migration.id], usedAllowances[migration.id], migration, losses);
    lost.push(...losses);
  }
  return lost;
}

interface ToolMove {
  readonly run: MigrateRun;
  readonly tool: Tool;
  readonly image: string;
  readonly from: string;
  readonly to: string;
  readonly lost: readonly Loss[];
}

/** @returns values put back */
async function move({ run, tool, image, from, to, lost }: ToolMove): Promise<number> {
  const { client, lineage, epoch, goal, log } = run;
  const { direction, migrations } = stepsBetween(lineage, from, to);
  let failure: Error | undefined;
  // The head is stored before anything else can fail: whoever asks must hear where the database is.
  await transaction(run, async () => {
    await run.beforeCommit();
    let reached = to;
    if (direction !== "none") {
      log(`${migrations.map(({ name }) => name).join(", ")}: ${direction}, by ${lineage.command?.[direction][0]}`);
      const output = await tool.move(image, direction, to);
      if (output.exitCode !== 0) {
        failure = explain(failed(lineage.command![direction], output));
        reached = await tool.current(image);
      }
    }
    await store(run, reached, image);
    const taken = direction === "down" ? stepsBetween(lineage, from, reached).migrations : [];
    for (const { id } of taken) await recordAllowance(run, id, lost);
  });
  if (failure) throw failure;
  return transaction(run, async () => {
    let restored = 0;
    for (const migration of await withKept(client, lineage)) restored += await putBack(run, migration);
    await verify(
      client,
      lineage.migrations.find(({ id }) => id === to),
    );
    await settleMarker(client, epoch, goal);
    return restored;
  });
}

/** Migrations that are there, while values of theirs are still kept, in order. */
async function withKept(client: pg.ClientBase, lineage: Lineage): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ id: string }>(
    "select distinct migration as id from switchback.kept join switchback.migrations on id = migration where taken",
  );
  return lineage.migrations.filter(({ id }) => rows.some((row) => row.id === id));
}

async function transaction<T>({ client, epoch, lockTimeoutMs }: MigrateRun, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    await client.query(`set local lock_timeout = ${Math.round(lockTimeoutMs)}`);
    await assertPending(client, epoch);
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

/** A lock that the tool did not get is tried again, like one of our own. */
const explain = (error: Error) =>
  /lock timeout|LockNotAvailable/i.test(error.message) ? Object.assign(error, { code: lockNotAvailable }) : error;

import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import type pg from "pg";
import { awaitArchived } from "../backup/archive.ts";
import { readDumps, readPoints } from "../backup/catalogue.ts";
import { mark } from "../backup/mark.ts";
import { endName } from "../backup/point.ts";
import { connectDatabase } from "../database/connect.ts";
import { isDatabaseDead } from "../database/dead.ts";
import type { Catalogue } from "../generations/format.ts";
import { type Behind, countBehind, type Since } from "../recovery/behind.ts";
import type { PromotionGoal } from "./goal.ts";
import { stopOthers } from "./others.ts";
import { behindSince } from "./since.ts";

/** Time to count: where it decides, where it is only told, and while requests are held, when only what came since is left. */
const countSeconds = { deciding: 60, telling: 3, held: 2 };
/** A server that is busy, or was just started, may miss a question. */
const askedTimes = 3;
const askMilliseconds = 500;

/**
 * A connection to the generation that is left, as superuser; null: it is dead. The caller ends it.
 * @throws when it lives and cannot be reached, or what stays behind has to be counted and it is dead
 */
export async function connectLeaving(docker: Docker, { leaving, database }: PromotionGoal): Promise<pg.Client | null> {
  if (!leaving) return null;
  const { generation, container, maxCommits } = leaving;
  if (!(await isGone(docker, container))) return connectDatabase(docker, { container, database, user: "postgres" });
  if (maxCommits === null) return null;
  throw new Error(
    `expected to count the commits that would stay behind in ${generation}, got no answer from it; run \`up\` again, which asks what to do`,
  );
}

async function isGone(docker: Docker, container: string): Promise<boolean> {
  for (let time = 1; time <= askedTimes; time++) {
    if (!(await isDatabaseDead(docker, container))) return false;
    if (time < askedTimes) await new Promise((resolve) => setTimeout(resolve, askMilliseconds));
  }
  return true;
}

/** Makes sure that a dead generation stays so: Docker starts one that crashed again. @returns what takes that back */
export async function keepDead(
  docker: Docker,
  { leaving, stopSeconds }: PromotionGoal,
): Promise<() => Promise<unknown>> {
  const container = docker.getContainer(leaving!.container);
  const found = await container.inspect().catch(() => undefined);
  if (!found?.State.Running && !found?.State.Restarting) return async () => {};
  await stopOthers(docker, [leaving!.container], stopSeconds, () => {});
  return () => container.start();
}

/** Since when what is written in it stays behind, see {@link behindSince}. */
export async function since(docker: Docker, catalogue: Catalogue, goal: PromotionGoal): Promise<Since | undefined> {
  const request = catalogue.requests.find(({ hash }) => hash === goal.request);
  const [points, dumps] = await Promise.all([readPoints(docker, goal.stack), readDumps(docker, goal.stack)]);
  return behindSince(catalogue, goal.leaving?.generation ?? "", request, (name) => {
    const point = points.find((one) => one.name === name);
    const dump = dumps.find((one) => one.name === name);
    return point ? { lsn: point.lsn } : dump && { at: dump.at };
  });
}

/**
 * Counts what stays behind: once while nobody waits, and then, held, what came since.
 * @throws when it is more than may
 */
export async function checkBehind(client: pg.Client, goal: PromotionGoal, from: Since): Promise<Behind> {
  const decides = goal.leaving?.maxCommits != null;
  const behind = await countBehind(client, from, decides ? countSeconds.deciding : countSeconds.telling);
  expectAllowed(goal, behind);
  return behind;
}

export async function checkRest(client: pg.Client, goal: PromotionGoal, before: Behind): Promise<Behind> {
  const rest = await countBehind(client, { lsn: before.upTo }, countSeconds.held);
  const behind = { ...before, commits: before.commits + rest.commits, exact: before.exact && rest.exact };
  expectAllowed(goal, behind);
  return behind;
}

function expectAllowed({ leaving }: PromotionGoal, { commits, exact }: Behind): void {
  const max = leaving?.maxCommits ?? null;
  if (!leaving || max === null || commits <= max) return;
  throw new Error(
    `expected at most ${max} commits to stay behind in generation ${leaving.generation}, got ${exact ? "" : "up to "}${commits}; to leave them there: pulumi config set --path allowDataLoss.${leaving.generation} ${commits}`,
  );
}

/** A restore point after the last thing that was written, and the WAL segment in which it is. */
export interface End {
  readonly name: string;
  readonly lsn: string;
  readonly segment: string;
}

/** Ends what is left with a restore point. */
export async function takeEnd(client: pg.Client): Promise<End> {
  const name = endName(new Date(), randomBytes(3).toString("hex"));
  const { lsn, segment } = await mark(client, name);
  return { name, lsn, segment };
}

/** Waits until the end is in the repository. The switch has happened: a failure is told, and the volume has it all the same. */
export async function archiveEnd(
  docker: Docker,
  client: pg.Client,
  { leaving }: PromotionGoal,
  end: End,
  log: (line: string) => void,
): Promise<void> {
  try {
    await awaitArchived(docker, client, leaving!, end.segment);
    log(`the end of ${leaving!.generation} is archived: ${end.name} at ${end.lsn}`);
  } catch (error) {
    log(`the end of ${leaving!.generation} is only in its volume: ${(error as Error).message}`);
  }
}

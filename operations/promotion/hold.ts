import type Docker from "dockerode";
import type pg from "pg";
import { colors } from "../../stacks/schema.ts";
import { endSessions } from "../database/sessions.ts";
import { writePooler } from "../pooler/writer.ts";
import { type RouterState, readRouter, routerName } from "../router/state.ts";
import { write } from "../router/writer.ts";
import type { PromotionGoal } from "./goal.ts";

/** Nobody writes: requests wait in the router and queries in the pooler, under one lease whose expiry needs nobody. */
export interface Hold {
  /** Seconds until the lease runs out, negative afterwards; infinite: nobody could write already. */
  left(): number;
  readonly began: number;
  /** Client connections and transactions that were cut. */
  readonly cut: number;
  /** Queries and requests go on, to where the pooler points now. */
  release(): Promise<void>;
}

interface HoldRun {
  readonly docker: Docker;
  readonly goal: PromotionGoal;
  readonly epoch: string;
  readonly log: (line: string) => void;
}

const pollMilliseconds = 50;

/**
 * Lets everything that writes come to rest: requests in flight get `drainSeconds`, then queries wait, and transactions
 * that do not end are ended. What is in maintenance or closed already is left as it is.
 * @param client to the generation that is left; null: it is dead
 * @throws when it cannot; what was taken is given back
 */
export async function takeHold(run: HoldRun, client: pg.Client | null, hash: string): Promise<Hold> {
  const { docker, goal, epoch, log } = run;
  const { stack, hold } = goal;
  const began = performance.now();
  const left = () => hold.maxSeconds - (performance.now() - began) / 1000;
  const release = [] as (() => Promise<unknown>)[];
  const releaseAll = async () => {
    for (const step of release.splice(0).reverse()) await step();
  };
  try {
    const { file } = await writePooler(docker, stack, { op: "pend", epoch, goal: hash });
    release.push(() => writePooler(docker, stack, { op: "clear", epoch }));
    await holdRequests(run, hash, left(), (end) => release.unshift(end));
    const cut = { clients: 0, sessions: 0 };
    // A dead generation answers nobody, and a pause would wait for it.
    const open = client !== null && colors.some((color) => file.open[color]);
    if (open) {
      release.push(() => writePooler(docker, stack, { op: "resume", epoch }));
      Object.assign(cut, await pause(run, client, left()));
      log("queries wait in the pooler; nobody writes");
    }
    if (client) cut.sessions += await endRoles(client, goal);
    return {
      left: open ? left : () => Number.POSITIVE_INFINITY,
      began,
      cut: cut.clients + cut.sessions,
      release: releaseAll,
    };
  } catch (error) {
    await releaseAll().catch((cause: Error) => log(`${cause.message}; the lease ends the hold`));
    throw error;
  }
}

/** Lets requests wait, and those in flight end, where the router serves. @param taken is given what ends that */
async function holdRequests(
  { docker, goal, epoch, log }: HoldRun,
  hash: string,
  seconds: number,
  taken: (end: () => Promise<unknown>) => unknown,
): Promise<void> {
  const router = routerName(goal.stack);
  const state = await readRouter(docker, goal.stack);
  if (state.kind === "unreadable") log(`requests are not held: ${state.reason}`);
  if (state.kind !== "read" || state.memory?.mode !== "serve") return;
  const pointer = state.memory;
  await write(docker, router, { op: "pend", epoch, goal: hash, pointer });
  taken(async () => {
    await write(docker, router, { op: "release", epoch });
    await write(docker, router, { op: "clear", epoch });
  });
  await write(docker, router, { op: "hold", epoch, seconds, then: pointer.color });
  log(`holding: requests wait in the router, for at most ${goal.hold.maxSeconds} s`);
  await drained(docker, goal);
}

/** Waits until no request is in flight, within the drain's bound. */
async function drained(docker: Docker, { stack, hold }: PromotionGoal): Promise<void> {
  const end = performance.now() + hold.drainSeconds * 1000;
  while (inFlight(await readRouter(docker, stack)) > 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
}

const inFlight = (state: RouterState): number =>
  state.kind === "read" ? colors.reduce((sum, color) => sum + state.status.colors[color].httpInFlight, 0) : 0;

/** Lets queries wait. Transactions under way get the drain's time once more, then the server ends them. */
async function pause(
  { docker, goal, epoch }: HoldRun,
  client: pg.Client,
  seconds: number,
): Promise<{ clients: number; sessions: number }> {
  const paused = writePooler(docker, goal.stack, { op: "pause", epoch, seconds });
  paused.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, goal.hold.drainSeconds * 1000, "late");
  });
  const late = (await Promise.race([paused, waited])) === "late";
  clearTimeout(timer);
  const sessions = late ? await endRoles(client, goal) : 0;
  return { clients: (await paused).cut, sessions };
}

const endRoles = async (client: pg.Client, { database }: PromotionGoal): Promise<number> => {
  let ended = 0;
  for (const color of colors) ended += await endSessions(client, `${database}_${color}`);
  return ended;
};

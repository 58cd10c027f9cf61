import type Docker from "dockerode";
import type pg from "pg";
import { colors } from "../../stacks/schema.ts";
import { endSessions } from "../database/sessions.ts";
import { colorRoles } from "../database/writes.ts";
import { writePooler } from "../pooler/writer.ts";
import type { Pointer } from "../router/goal.ts";
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
  const router = routerName(stack);
  const release = [] as (() => Promise<unknown>)[];
  const releaseAll = async () => {
    for (const step of release.splice(0).reverse()) await step();
  };
  try {
    const pointer = await readServing(run);
    if (pointer) {
      await write(docker, router, { op: "pend", epoch, goal: hash, pointer });
      release.push(() => write(docker, router, { op: "clear", epoch }));
    }
    const { file } = await writePooler(docker, stack, { op: "pend", epoch, goal: hash });
    release.push(() => writePooler(docker, stack, { op: "clear", epoch }));
    // A dead generation answers nobody, and a pause would wait for it.
    const open = client !== null && colors.some((color) => file.open[color]);
    const began = performance.now();
    const left = () => hold.maxSeconds - (performance.now() - began) / 1000;
    if (pointer) {
      await write(docker, router, { op: "hold", epoch, seconds: left(), then: pointer.color });
      release.push(() => write(docker, router, { op: "release", epoch }));
      log(`holding: requests wait in the router, for at most ${hold.maxSeconds} s`);
      await drained(docker, goal);
    }
    const cut = { clients: 0, sessions: 0 };
    if (open) {
      // Before the requests, which would wait in the pooler otherwise.
      release.push(() => writePooler(docker, stack, { op: "resume", epoch }));
      Object.assign(cut, await pause(run, client, left()));
      log("queries wait in the pooler; nobody writes");
    }
    // Closed entries have no clients; what their server connections still run is ended. Within a pause there is none, and
    // those that begin when its lease runs out are not to be cut.
    if (client && !open) cut.sessions += await endRoles(client, goal);
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

/** The pointer that sends requests to a color; undefined: none does, or the router does not say. */
async function readServing({ docker, goal, log }: HoldRun): Promise<Pointer | undefined> {
  const state = await readRouter(docker, goal.stack);
  if (state.kind === "unreadable") log(`requests are not held: ${state.reason}`);
  return state.kind === "read" && state.memory?.mode === "serve" ? state.memory : undefined;
}

/** Waits until no request is in flight, within the drain's bound. */
async function drained(docker: Docker, { stack, hold }: PromotionGoal): Promise<void> {
  const end = performance.now() + hold.drainSeconds * 1000;
  while (inFlight(await readRouter(docker, stack)) > 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
}

const inFlight = (state: RouterState): number =>
  state.kind === "read" ? colors.reduce((sum, color) => sum + state.status.colors[color].httpInFlight, 0) : 0;

/** Lets queries wait. Transactions under way get the drain's time, then the server ends them. */
async function pause(
  { docker, goal, epoch }: HoldRun,
  client: pg.Client,
  seconds: number,
): Promise<{ clients: number; sessions: number }> {
  const { rows } = await client.query("select clock_timestamp()::text as begun");
  const over = performance.now() + goal.hold.drainSeconds * 1000;
  let paused = false;
  const pausing = writePooler(docker, goal.stack, { op: "pause", epoch, seconds }).finally(() => {
    paused = true;
  });
  pausing.catch(() => {});
  let sessions = 0;
  while (!paused) {
    await Promise.race([pausing, new Promise((resolve) => setTimeout(resolve, pollMilliseconds))]);
    if (paused || performance.now() < over) continue;
    const ended = await client.query(endOlder, [colorRoles(goal.database), rows[0].begun]);
    sessions += ended.rowCount ?? 0;
  }
  return { clients: (await pausing).cut, sessions };
}

const endOlder = "select pg_terminate_backend(pid) from pg_stat_activity where usename = any($1) and xact_start < $2";

async function endRoles(client: pg.Client, { database }: PromotionGoal): Promise<number> {
  let ended = 0;
  for (const role of colorRoles(database)) ended += await endSessions(client, role);
  return ended;
}

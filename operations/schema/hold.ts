import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { endSessions } from "../database/sessions.ts";
import { writePooler } from "../pooler/writer.ts";
import { type RouterState, readRouter, routerName } from "../router/state.ts";
import { write } from "../router/writer.ts";
import type { SchemaGoal } from "./goal.ts";
import type { Move } from "./operation.ts";

const pollMilliseconds = 50;

/** One lease over the router's requests and the pooler's entries of the color being left. Its expiry needs nobody. */
export interface Hold {
  /** Seconds until the lease runs out, negative afterwards. */
  left(): number;
  /** Requests still in flight on the color being left when it lost the database. */
  readonly cut: number;
  /** From now on the expiry leaves neither color with requests, and the color being left without the database. */
  armMaintenance(): Promise<void>;
  /** From now on the expiry sends the requests to the target. */
  armTarget(target: ColorName): Promise<void>;
}

/**
 * Takes the hold: requests wait in the router, those in flight on the color being left get `drainSeconds`, then its
 * entries in the pooler are fenced. When the lease runs out before {@link Hold.armMaintenance}, everything is as before.
 * @throws when the router or the pooler refuses; what was taken ends with its lease
 */
export async function takeHold({ docker, client, goal, epoch, log }: Move, leaving: ColorName): Promise<Hold> {
  const router = routerName(goal.stack);
  const end = performance.now() + goal.hold.maxSeconds * 1000;
  const left = () => (end - performance.now()) / 1000;
  const arm = (then: ColorName | "maintenance") => write(docker, router, { op: "hold", epoch, seconds: left(), then });
  await arm(leaving);
  log(`holding: requests wait in the router, for at most ${goal.hold.maxSeconds} s`);
  const cut = await drained(docker, goal, leaving);
  await writePooler(docker, goal.stack, { op: "fence", epoch, color: leaving, seconds: left(), then: "open" });
  await endSessions(client, `${goal.database.name}_${leaving}`);
  log(`fenced: ${leaving} has no database${cut > 0 ? `; ${cut} of its requests were still in flight` : ""}`);
  return {
    left,
    cut,
    armMaintenance: async () => {
      await arm("maintenance");
      await writePooler(docker, goal.stack, { op: "fence", epoch, color: leaving, seconds: left(), then: "closed" });
    },
    armTarget: async (target) => void (await arm(target)),
  };
}

/** Waits until the color being left has no request in flight, within the drain's bound. @returns how many are left */
async function drained(docker: Docker, goal: SchemaGoal, leaving: ColorName): Promise<number> {
  const end = performance.now() + goal.hold.drainSeconds * 1000;
  for (;;) {
    const inFlight = httpInFlight(await readRouter(docker, goal.stack), leaving);
    if (inFlight === 0 || performance.now() > end) return inFlight;
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

const httpInFlight = (state: RouterState, color: ColorName): number =>
  state.kind === "read" ? state.status.colors[color].httpInFlight : 0;

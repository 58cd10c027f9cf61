import type Docker from "dockerode";
import { type ColorName, colors } from "../../stacks/schema.ts";
import { createDrain, endDrain, isDraining } from "./drain.ts";
import type { Pointer, RouterGoal } from "./goal.ts";
import type { RouterStatus } from "./state.ts";
import { left, receiving } from "./traffic.ts";

/** A drain being made, so that its start costs little when the confirmation has passed. */
export interface Drain {
  /** The traffic has moved already: a drain that cannot start is told, and undoes nothing. */
  start(log: (line: string) => void): Promise<void>;
  discard(): Promise<void>;
}

export function prepareDrain(docker: Docker, router: string, color: ColorName, goal: RouterGoal): Drain {
  const created = createDrain(docker, router, color, goal);
  created.catch(() => {});
  return {
    start: async (log) => {
      try {
        await (await created).start();
        log(`draining ${color}`);
      } catch (error) {
        log(`the drain of ${color} did not start: ${(error as Error).message}`);
      }
    },
    discard: async () => {
      await created.catch(() => {});
      await endDrain(docker, goal.stack, color);
    },
  };
}

/**
 * Colors to drain once the goal's pointer acts: those that it leaves, and those left earlier by an operation that died
 * before it could start their drain.
 */
export async function colorsToDrain(
  docker: Docker,
  goal: RouterGoal,
  from: Pointer,
  { colors: counters }: RouterStatus,
): Promise<ColorName[]> {
  const leaving = left(from, goal.pointer);
  const chosen = await Promise.all(
    colors.map(async (color) => {
      if (goal.colors[color].length === 0 || receiving(goal.pointer).includes(color)) return false;
      if (leaving.includes(color)) return true;
      const { httpInFlight, webSockets } = counters[color];
      return httpInFlight + webSockets > 0 && !(await isDraining(docker, goal.stack, color));
    }),
  );
  return colors.filter((_, at) => chosen[at]);
}

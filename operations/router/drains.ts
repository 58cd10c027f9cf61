import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { createDrain, endDrain } from "./drain.ts";
import type { RouterGoal } from "./goal.ts";

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

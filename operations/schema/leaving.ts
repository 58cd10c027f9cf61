import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import type { Pointer } from "../router/goal.ts";
import { readRouter } from "../router/state.ts";
import type { SchemaGoal } from "./goal.ts";

/** The color that serves, and that the schema will not fit. */
export interface Leaving {
  readonly color: ColorName;
  readonly pointer: Pointer;
  /** The pooler's entries as they were found. */
  readonly open: Readonly<Record<ColorName, boolean>>;
}

/**
 * Looks at what serves before anything moves. `leaving`: its requests must wait until the other color has the traffic.
 * `goesBack`: a change was not finished, and the goal fits the color that served before it.
 * @throws when the router does not say which color serves
 */
export async function look(
  docker: Docker,
  goal: SchemaGoal,
  open: Leaving["open"],
): Promise<{ leaving: Leaving | undefined; goesBack: boolean }> {
  const state = await readRouter(docker, goal.stack);
  if (state.kind === "absent") return { leaving: undefined, goesBack: false };
  if (state.kind === "unreadable")
    throw new Error(`expected the router to say which color serves, got: ${state.reason}; run \`up\` when it answers`);
  const { memory: pointer, file } = state;
  const marker = file?.marker;
  const leaves = pointer?.mode === "serve" && !goal.open[pointer.color];
  return {
    leaving: leaves ? { color: pointer.color, pointer, open } : undefined,
    goesBack: marker?.pending != null && marker.goal !== "" && goal.open[marker.pointer.color],
  };
}

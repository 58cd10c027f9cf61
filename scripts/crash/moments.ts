import { setTimeout as sleep } from "node:timers/promises";
import type { Project } from "../project.ts";
import { inServing } from "../recoveries.ts";
import type { Side } from "./run.ts";

/** A recovery that is asked for once: the stack as it was, and the stack with the data of a moment that has just passed. */
export interface Moment {
  readonly from: Side;
  readonly to: Side;
}

let moments = 0;

/**
 * Writes a row, waits for a moment that becomes the target, and writes another: afterwards either both rows are there and
 * nothing was restored, or only the first.
 */
export async function newMoment(project: Project): Promise<Moment> {
  moments += 1;
  const [before, after] = [`before-${moments}`, `after-${moments}`];
  await write(project, before);
  await sleep(1100);
  const targetTime = new Date().toISOString();
  await sleep(1100);
  await write(project, after);
  const check = (expected: readonly string[][]) => async () => {
    const found = await inServing(project, async (client) => {
      const { rows } = await client.query<{ id: string }>("select id from orders where id = any($1) order by id desc", [
        [before, after],
      ]);
      return rows.map(({ id }) => id);
    });
    const fits = expected.some((ids) => ids.join() === found.join());
    return fits
      ? []
      : [
          `expected the rows ${expected.map((ids) => ids.join(" and ")).join(", or ")}, got ${found.join(" and ") || "none"}`,
        ];
  };
  return {
    // With the old config nothing was restored, or the switch was made already, which counts as done.
    from: { color: "green", config: { targetTime: undefined }, check: check([[before, after], [before]]) },
    to: { color: "green", config: { targetTime }, check: check([[before]]) },
  };
}

const write = (project: Project, id: string): Promise<unknown> =>
  inServing(project, (client) => client.query("insert into orders (id, item, price) values ($1, 'tea', 1)", [id]));

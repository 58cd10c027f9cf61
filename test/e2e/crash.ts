import { expect, it } from "vitest";
import { crashAll } from "../../scripts/crash.ts";
import { engine } from "./stack.ts";

/** Kills at some boundaries of each change, each `every`th of them; `npm run test:crash` has all. */
export const testKills = (parts: readonly (readonly [string, number])[]): void =>
  it.each(parts)(
    "converges after kill -9 at step boundaries: %s",
    async (part, every) => {
      const results = await crashAll(engine, { sample: true, every, part }, () => {});
      const failed = results.filter(({ problems }) => problems.length > 0);
      expect(failed.map(({ boundary, victim, then, problems }) => [boundary.name, victim, then, problems])).toEqual([]);
      expect(results.filter(({ killed }) => killed).length).toBeGreaterThan(results.length / 2);
    },
    900_000,
  );

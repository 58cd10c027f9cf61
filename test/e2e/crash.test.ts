import { expect, it } from "vitest";
import { crashAll } from "../../scripts/crash.ts";
import { engine } from "./stack.ts";

it.each(["deploy", "switch", "schema"])(
  "converges after kill -9 at every step boundary: %s",
  async (part) => {
    const results = await crashAll(engine, { sample: true, part }, () => {});
    const failed = results.filter(({ problems }) => problems.length > 0);
    expect(failed.map(({ boundary, victim, then, problems }) => [boundary.name, victim, then, problems])).toEqual([]);
    expect(results.filter(({ killed }) => killed).length).toBeGreaterThan(results.length / 2);
  },
  900_000,
);

import { expect, it } from "vitest";
import { crashAll } from "../../scripts/crash.ts";
import { engine } from "./stack.ts";

it("converges after kill -9 of the engine, the operation or nginx at every step boundary", async () => {
  const results = await crashAll(engine, true, () => {});
  const failed = results.filter(({ problems }) => problems.length > 0);
  expect(failed.map(({ boundary, victim, then, problems }) => [boundary.name, victim, then, problems])).toEqual([]);
  expect(results.filter(({ killed }) => killed).length).toBeGreaterThan(results.length / 2);
}, 900_000);

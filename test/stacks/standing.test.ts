import { expect, it } from "vitest";
import { loadStack } from "../../stacks/load.ts";
import { planStack } from "../../stacks/plan.ts";
import { standing } from "../../stacks/standing.ts";
import { rawConfig } from "./fixtures.ts";

function said(changes: Readonly<Record<string, unknown>> = {}): string {
  const { config } = loadStack(rawConfig(changes));
  const { plan, errors } = planStack("test", config!);
  if (!plan) throw new Error(errors.join("\n"));
  return standing(plan);
}

it("names who serves and who stands by", () => {
  expect(said()).toBe("green 1.1.0 serves; blue 1.0.0 stands by");
  expect(said({ colors: { blue: null, green: { imageTag: "1.1.0" } } })).toBe("green 1.1.0 serves; blue is absent");
});

it("names a canary's share, maintenance and isolation", () => {
  expect(said({ router: { port: 8099, canary: { percent: 5 } } })).toBe("green 1.1.0 with 5 % on blue 1.0.0 serves");
  expect(said({ router: { port: 8099, maintenance: true } })).toBe(
    "in maintenance; green 1.1.0 is active; blue 1.0.0 stands by",
  );
  expect(said({ router: { port: 8099, isolate: true } })).toBe("isolated; green 1.1.0 is active; blue 1.0.0 stands by");
});

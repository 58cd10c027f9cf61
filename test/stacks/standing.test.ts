import { expect, it } from "vitest";
import { firstCatalogue } from "../../operations/generations/format.ts";
import { loadStack } from "../../stacks/load.ts";
import { planStack } from "../../stacks/plan.ts";
import { standing } from "../../stacks/standing.ts";
import { rawConfig } from "./fixtures.ts";

function said(changes: Readonly<Record<string, unknown>> = {}, schema?: Parameters<typeof standing>[1]): string {
  const { config } = loadStack(rawConfig(changes));
  const { plan, errors } = planStack("test", config!, firstCatalogue("2026-01-01T00:00:00Z"));
  if (!plan) throw new Error(errors.join("\n"));
  return standing(plan, schema);
}

it("names who serves and who stands by", () => {
  expect(said()).toBe("green 1.1.0 serves; blue 1.0.0 stands by");
  expect(said({ colors: { blue: null, green: { imageTag: "1.1.0" } } })).toBe("green 1.1.0 serves; blue is absent");
});

it("names a color that has lost the database, and the schema that it does not accept", () => {
  expect(said({}, { head: "4", open: { blue: false, green: true } })).toBe(
    "green 1.1.0 serves; blue 1.0.0 is closed on schema 4",
  );
});

it("names a canary's share, maintenance and isolation", () => {
  expect(said({ router: { port: 8099, canary: { percent: 5 } } })).toBe("green 1.1.0 with 5 % on blue 1.0.0 serves");
  expect(said({ router: { port: 8099, maintenance: true } })).toBe(
    "in maintenance; green 1.1.0 is active; blue 1.0.0 stands by",
  );
  expect(said({ router: { port: 8099, isolate: true } })).toBe("isolated; green 1.1.0 is active; blue 1.0.0 stands by");
});

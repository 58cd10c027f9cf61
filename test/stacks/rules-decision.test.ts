import { expect, it } from "vitest";
import { loadStack } from "../../stacks/load.ts";
import { rawConfig } from "./fixtures.ts";

const loaded = (decision: unknown) => loadStack(rawConfig({ decision }));

it("takes telemetry's thresholds, another profile's, or single ones of its own", () => {
  expect(loadStack(rawConfig()).config?.decision).toEqual({ profile: "telemetry", thresholds: {} });
  const own = { profile: "video", thresholds: { errorPercent: { critical: 30 }, suspectMinutes: 20 } };
  expect(loaded(own).config?.decision).toEqual(own);
});

it.each([
  [{ profile: "games" }, "decision.profile: "],
  [{ thresholds: { errorPercent: { critical: 130 } } }, "decision.thresholds.errorPercent.critical: "],
  [{ thresholds: { errors: 3 } }, 'decision.thresholds: expected only known keys, got "errors"'],
  [
    { thresholds: { errorPercent: { minor: 20 } } },
    "decision.thresholds.errorPercent.minor: expected at most errorPercent.serious, which is 10, got 20; the profile telemetry has the others",
  ],
])("refuses %j, and says which key it is", (decision, message) => {
  expect(loaded(decision).errors.join("\n")).toContain(message);
});

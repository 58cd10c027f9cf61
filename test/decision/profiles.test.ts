import { describe, expect, it } from "vitest";
import { bandsOf } from "../../decision/bands.ts";
import { disorder, profileNames, profiles, thresholdsOf } from "../../decision/profiles.ts";
import type { Symptoms } from "../../decision/symptoms.ts";

const flat = (value: unknown, path = ""): [string, number][] =>
  typeof value === "number"
    ? [[path, value]]
    : Object.entries(value as object).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key));

describe("the shipped profiles", () => {
  it.each(profileNames)("%s says why each threshold differs from the default's, and of no other", (name) => {
    const usual = new Map(flat(profiles.telemetry.thresholds));
    const differing = flat(profiles[name].thresholds).filter(([path, value]) => usual.get(path) !== value);
    expect(Object.keys(profiles[name].choices).sort()).toEqual(differing.map(([path]) => path).sort());
    expect(disorder(profiles[name].thresholds)).toEqual([]);
  });

  it("begin with the numbers of the first", () => {
    expect(profiles.telemetry.thresholds).toMatchObject({
      errorPercent: { minor: 5, serious: 10, critical: 50 },
      latencySeconds: { serious: 2, critical: 5 },
      patienceMinutes: { critical: 2, serious: 5, minor: 15 },
    });
  });
});

describe("numbers become bands", () => {
  const band = (symptoms: Symptoms) => bandsOf(symptoms, thresholdsOf("telemetry"));

  it.each([
    [4.9, "none"],
    [5, "minor"],
    [9.9, "minor"],
    [10, "serious"],
    [49.9, "serious"],
    [50, "critical"],
    [100, "critical"],
  ])("%d %% of errors are %s", (errorPercent, errors) => {
    expect(band({ errorPercent }).errors).toBe(errors);
  });

  it.each([
    [1.99, "none"],
    [2, "serious"],
    [4.99, "serious"],
    [5, "critical"],
  ])("%d s of latency are %s", (latencySeconds, latency) => {
    expect(band({ latencySeconds }).latency).toBe(latency);
  });

  it.each([
    [{}, "unknown", "minor"],
    [{ lastingMinutes: 1 }, "unknown", "none"],
    [{ sinceChangeMinutes: 3 }, "soon", "critical"],
    [{ sinceChangeMinutes: 15 }, "soon", "minor"],
    [{ sinceChangeMinutes: 16 }, "later", "minor"],
    [{ sinceChangeMinutes: 16, lastingMinutes: 1 }, "soon", "none"],
    [{ sinceChangeMinutes: 17, lastingMinutes: 1 }, "later", "none"],
    [{ sinceChangeMinutes: 5, lastingMinutes: 5 }, "soon", "serious"],
    [{ sinceChangeMinutes: 5, lastingMinutes: 6 }, "before", "serious"],
  ])("times %j began %s and outlast %s", (symptoms, began, outlasts) => {
    expect(band(symptoms)).toMatchObject({ began, outlasts });
  });

  it("at the thresholds of the stack, where it has its own", () => {
    const own = thresholdsOf("video", { errorPercent: { critical: 20 }, suspectMinutes: 60, recentLossMinutes: 5 });
    expect(own.errorPercent).toEqual({ minor: 5, serious: 10, critical: 20 });
    expect(own.latencySeconds).toEqual(profiles.video.thresholds.latencySeconds);
    expect(bandsOf({ errorPercent: 20, sinceChangeMinutes: 59, lossMinutes: 6 }, own)).toMatchObject({
      errors: "critical",
      began: "soon",
      loss: "old",
    });
    expect(bandsOf({ diskPercent: 80, memoryPercent: 89, connectionsPercent: 90 }, own)).toMatchObject({
      disk: "full",
      memory: "free",
      connections: "full",
    });
  });

  it("and thresholds in the wrong order are named, equal ones are not", () => {
    expect(
      disorder(thresholdsOf("telemetry", { errorPercent: { minor: 10 }, latencySeconds: { serious: 5 } })),
    ).toEqual([]);
    expect(
      disorder(thresholdsOf("telemetry", { errorPercent: { minor: 20 }, patienceMinutes: { serious: 1 } })),
    ).toEqual([
      "errorPercent.minor: expected at most errorPercent.serious, which is 10, got 20",
      "patienceMinutes.critical: expected at most patienceMinutes.serious, which is 1, got 2",
    ]);
  });
});

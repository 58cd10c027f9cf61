import { z } from "zod";
import { defaultProfile, profileNames, type ThresholdChanges } from "../decision/profiles.ts";

const percent = z.number().min(0).max(100);
const minutes = z.number().min(0);

const thresholds = z
  .strictObject({
    errorPercent: z
      .strictObject({ minor: percent, serious: percent, critical: percent })
      .partial()
      .describe("Share of failed requests from which trouble is minor, serious, critical."),
    latencySeconds: z
      .strictObject({ serious: z.number().min(0), critical: z.number().min(0) })
      .partial()
      .describe("Time of 95 % of the requests from which it is serious, critical."),
    patienceMinutes: z
      .strictObject({ minor: minutes, serious: minutes, critical: minutes })
      .partial()
      .describe("How long trouble of a severity is watched before anything is done."),
    suspectMinutes: minutes.describe("What begins at most this long after a change is put down to it."),
    fullPercent: z
      .strictObject({ disk: percent, memory: percent, connections: percent })
      .partial()
      .describe("From which a resource counts as used up."),
    recentLossMinutes: minutes.describe("Up to this age of a loss all data go back; later, rows alone."),
  })
  .partial() satisfies z.ZodType<ThresholdChanges>;

/** How `switchback decide` and what acts by itself judge this stack. */
export const decision = z
  .strictObject({
    profile: z
      .enum(profileNames)
      .default(defaultProfile)
      .describe("Which thresholds decide what is done about trouble: docs/decision.md has them."),
    thresholds: thresholds.default({}).describe("Single thresholds, in the place of the profile's."),
  })
  .prefault({});

export type DecisionConfig = z.output<typeof decision>;

import { z } from "zod";

/** The key that ends an isolation after a breach. */
export const clearance = z
  .strictObject({
    by: z.string().min(1).describe("Who has understood what happened."),
    at: z.iso
      .datetime({
        offset: true,
        error: "expected a time with its zone, such as 2026-11-21T02:00:00Z, and in quotes in YAML",
      })
      .describe("When; it counts for the isolation that began before it, and for no other."),
  })
  .optional()
  .describe(
    "With `router.isolate` off again: the isolation was no false alarm and is understood. Every container is made anew, and the isolated ones stand aside as evidence.",
  );

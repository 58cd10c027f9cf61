import { z } from "zod";

const target = z.number().positive().describe("In seconds.");

/** How long changes may take. */
export const objectives = z
  .strictObject({
    levels: z
      .strictObject({ "1": target.optional(), "2": target.optional(), "3": target.optional() })
      .default({})
      .describe("Recovery time objective of a whole change, by level."),
    components: z
      .record(z.string(), target)
      .default({})
      .describe("Recovery time objective of one operation: `router`, `schema`, `restore`, `promotion` and so on."),
  })
  .prefault({})
  .describe("Recovery time objectives that `switchback history` holds durations against.");

export type ObjectivesConfig = z.output<typeof objectives>;

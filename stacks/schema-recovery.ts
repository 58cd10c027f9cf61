import { z } from "zod";

/** The keys of level 3: which data the stack is to have. Each names data only; releases and sets stay what the config says. */
export const recoveryKeys = {
  targetBackup: z
    .string()
    .regex(/^[\w.:@-]{1,128}$/, "expected the name of a backup point, a dump or a backup of pgBackRest")
    .optional()
    .describe("Level 3: go back to this backup point, safety backup, logical dump or pgBackRest backup. Done once."),
  targetTime: z.iso
    .datetime({
      offset: true,
      error: "expected a time with its zone, such as 2026-11-21T02:00:00Z, and in quotes in YAML",
    })
    .optional()
    .describe("Level 3: go back to the data as it was at this moment, RFC 3339 with its zone. Done once."),
  targetLsn: z
    .string()
    .regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/, "expected an LSN such as 0/3000148")
    .optional()
    .describe("Level 3: go back to just before this position in the WAL. Done once."),
  targetGeneration: z
    .string()
    .optional()
    .describe("Generation whose WAL `targetLsn` is a position in; needed once there are two."),
  recoveryId: z
    .string()
    .regex(/^[\w.-]{1,64}$/, "expected a word of letters, digits, dots and dashes")
    .optional()
    .describe("Makes the same target another request: change it to run a recovery again."),
  generation: z
    .string()
    .optional()
    .describe(
      "Generation that serves; unset: the one of the last promotion. Setting a kept one is the undo of level 3.",
    ),
  // A top-level value arrives as text.
  drill: z
    .union([z.boolean(), z.stringbool({ truthy: ["true"], falsy: ["false"] })])
    .default(false)
    .describe("Do all of a recovery but the switch, and report: the generation that is made serves nobody."),
  recovery: z
    .strictObject({
      during: z
        .enum(["maintenance", "readonly", "serve"])
        .default("maintenance")
        .describe(
          "What the application gets while data is restored: the maintenance page, reads alone (writes fail), or everything, whose writes then stay behind and must be allowed by `allowDataLoss`.",
        ),
      verify: z
        .enum(["gate", "audit"])
        .default("gate")
        .describe("What must have passed before the switch: checks of constant time, or everything read and compared."),
      clone: z
        .boolean()
        .default(true)
        .describe(
          "Whether data is cloned from a base point where the filesystem can; false: always restored from the backups, as where the disk is damaged, whose blocks a clone shares.",
        ),
      keepDays: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .default(90)
        .describe("How long a generation that was left is evidence and way back, at least, in days."),
    })
    .prefault({})
    .describe("How level 3 goes about it."),
};

import { z } from "zod";

const names = (standard: number) => z.number().int().min(0).max(1).default(standard);

/** What `switchback rollback` and `switchback clear` ask of people. */
export const rollback = z
  .strictObject({
    approvers: z
      .strictObject({
        level1: names(0).describe("Names beside the one who acts that a level 1 needs: 0 or 1."),
        level2: names(0).describe("The same for level 2."),
        level3: names(1).describe("The same for level 3, unless it is a drill."),
        clearance: names(1).describe("The same for a clearance after a breach."),
        names: z.array(z.string()).default([]).describe("Who may approve; empty: everybody but the one who acts."),
      })
      .prefault({})
      .describe("Which levels need a second name, given with `--approved-by` and recorded in the journal."),
    breaker: z
      .strictObject({
        rollbacks: z.number().int().min(1).default(3).describe("More rollbacks than this,"),
        hours: z.number().int().min(1).max(720).default(24).describe("within this many hours, ask for a human."),
      })
      .prefault({})
      .describe("What stops automation that goes back again and again: `--yes` is refused then."),
  })
  .prefault({})
  .describe("What `switchback rollback` asks of people; `up` asks nothing of it.");

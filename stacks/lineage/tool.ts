import { z } from "zod";

const argv = z.array(z.string().min(1)).min(1);

/** A tool inside an image of the releases that moves the schema, e.g. Alembic. */
export const commandTool = z.strictObject({
  service: z.string().describe("Service whose image has the tool."),
  up: argv.describe("Command that goes up to `{head}`."),
  down: argv.describe("Command that goes down to `{head}`."),
  current: argv.describe("Command whose output begins, line by line, with the revisions the database is at."),
  heads: argv.describe("Command whose output begins, line by line, with the last revisions that the image knows."),
  base: z.string().default("base").describe("What the tool calls the state before the first migration."),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      "Environment of the tool. libpq finds the database by itself (PGSERVICE); its URL is in /run/secrets/database-url.",
    ),
});

export type CommandTool = z.output<typeof commandTool>;

const id = z.union([z.string().min(1), z.number().int()]).transform(String);

/** `lineage.yaml` in the folder of the migrations: what the files of another tool cannot say. */
export const lineageFile = z.strictObject({
  command: commandTool.describe("The tool that runs them."),
  migrations: z
    .array(
      z.strictObject({
        id: id.describe("Revision."),
        kind: z.enum(["expand", "contract"]).describe("Whether earlier releases accept the schema after it."),
        down: z.enum(["reversible", "lossy", "irreversible"]).describe("What going back costs."),
        loses: z.array(z.string()).default([]).describe("What a lossy down drops."),
        verify: z.string().optional().describe("Queries that return rows when something is wrong."),
      }),
    )
    .describe("All revisions, in order."),
});

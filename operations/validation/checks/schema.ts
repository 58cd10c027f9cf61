import { readSchema } from "../../migrations/schema-state.ts";
import { type Check, judged, ok } from "../check.ts";
import type { Context } from "../context.ts";
import { inDatabase } from "../in-database.ts";

const name = "schema head";

/** The migration that the database is at. */
export const checkSchema = (context: Context): Promise<Check[]> =>
  inDatabase(context, [name], async (client) => {
    const { head } = await readSchema(client);
    const wanted = context.expectation.database!.head;
    if (wanted === null) return [ok(name, head || "none")];
    const remedy = `\`switchback preview --stack ${context.stack}\` says what moves it to ${wanted || "none"}`;
    return [judged(head === wanted, name, head || "none", wanted || "none", remedy)];
  });

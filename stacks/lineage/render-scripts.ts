import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DB } from "node-pg-migrate/db";
import { MigrationBuilder } from "node-pg-migrate/migrationBuilder";
import type { MigrationBuilderActions } from "node-pg-migrate/sqlMigration";
import type { RenderedScript } from "./scripts.ts";

const refuse = (): never => {
  throw new Error("expected no query while it renders, got pgm.db; write it as SQL that runs in the database");
};
const noDatabase: DB = { query: refuse, select: refuse };

// Prints {rendered, problems} for the migrations whose paths are given, in their order.
const rendered: Record<string, RenderedScript> = {};
const problems: string[] = [];
let shorthands: MigrationBuilderActions["shorthands"] = {};
for (const path of process.argv.slice(2)) {
  try {
    const actions = (await import(pathToFileURL(resolve(path)).href)) as MigrationBuilderActions;
    shorthands = { ...shorthands, ...actions.shorthands };
    rendered[path] = { up: (await render(actions, "up")) ?? "", down: await render(actions, "down") };
  } catch (error) {
    problems.push(`${path}: expected a migration that renders to SQL, got: ${(error as Error).message}`);
  }
}
process.stdout.write(JSON.stringify({ rendered, problems }));

/** As node-pg-migrate does it: without a `down`, the down is the up in reverse. */
async function render(actions: MigrationBuilderActions, direction: "up" | "down"): Promise<string | null> {
  const inferred = direction === "down" && actions.down === undefined;
  const action = inferred ? actions.up : actions[direction];
  if (action === false) return null;
  if (typeof action !== "function") throw new Error(`expected a function \`${direction}\`, got ${typeof action}`);
  const builder = new MigrationBuilder(noDatabase, shorthands, false, console);
  if (inferred) builder.enableReverseMode();
  if (action.length === 2) await new Promise<void>((done) => void action(builder, done));
  else await action(builder);
  if (!builder.isUsingTransaction()) throw new Error("expected to run in a transaction, got pgm.noTransaction()");
  return builder.getSqlSteps().join("\n");
}

import { parseArgs } from "node:util";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runReason, withLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";
import { databaseName } from "./pooler/database-name.ts";
import { parseTables, type RowsGoal } from "./selective/goal.ts";
import { recoverRows } from "./selective/operation.ts";
import { renderRows } from "./selective/render.ts";

const usage =
  "usage: switchback recover-rows --stack <stack> --from <generation> [--changed] [--no-triggers] [--skip-conflicts] [--yes] <table>[=<query>]...";

/**
 * Copies rows of a generation that was restored beside into the one that serves. Without `--yes` it only counts what would be
 * inserted, updated and refused.
 */
runProgram(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string" },
      changed: { type: "boolean", default: false },
      "no-triggers": { type: "boolean", default: false },
      "skip-conflicts": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
    },
  });
  const [stack, ...tables] = positionals;
  if (!stack || !values.from) throw new Error(usage);
  const docker = connect();
  const database = await databaseName(docker, stack);
  if (database === null)
    throw new Error(`expected stack ${stack} to have a database, got no pooler; see \`switchback status\``);
  const goal: RowsGoal = {
    stack,
    database,
    from: values.from,
    tables: parseTables(tables),
    changed: values.changed,
    triggers: values["no-triggers"] ? "replica" : "origin",
    skipConflicts: values["skip-conflicts"],
    write: values.yes,
  };
  await ensureRecords(docker, stack);
  const reason = await runReason(stack);
  const journal = (entry: Parameters<typeof appendJournal>[2]) => appendJournal(docker, stack, entry);
  const log = (line: string) => console.error(line);
  const run = { docker, goal, reason, actor: actor(), journal, log };
  const result = await withLock(docker, stack, "recover rows", () => recoverRows(run));
  for (const line of renderRows(goal, result)) console.log(line);
});

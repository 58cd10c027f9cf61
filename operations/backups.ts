import { parseArgs } from "node:util";
import { listBackups, renderBackups } from "./backups/list.ts";
import { connect } from "./live/docker.ts";
import { runProgram } from "./live/program.ts";
import { readRollbackFacts } from "./rollback/read.ts";

/** `node operations/backups.ts <stack> [--json]`, in the project's folder. */
runProgram(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
  const [stack] = positionals;
  if (!stack) throw new Error("expected `node operations/backups.ts <stack> [--json]`");
  const facts = await readRollbackFacts(connect(), stack);
  const listed = listBackups(facts);
  console.log(values.json ? JSON.stringify(listed, null, 2) : renderBackups(listed, facts.now).join("\n"));
});

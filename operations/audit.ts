import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal, type JournalEntry } from "./live/journal.ts";
import { runReason, withLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";
import { databaseName } from "./pooler/database-name.ts";
import { auditGeneration } from "./recovery/verify/by-hand.ts";
import { passed } from "./recovery/verify/record.ts";

/**
 * Reads everything that a generation has, beside whatever else runs: `node operations/audit.ts <stack> [<generation>]`.
 * One line for each check; exit code 1 when one of them failed.
 */
runProgram(async () => {
  const [stack, generation] = process.argv.slice(2);
  if (!stack) throw new Error("expected `node operations/audit.ts <stack> [<generation>]`");
  const docker = connect();
  const database = await databaseName(docker, stack);
  if (database === null)
    throw new Error(`expected stack ${stack} to have a database, got no pooler; see \`switchback status\``);
  await ensureRecords(docker, stack);
  const audit = {
    docker,
    stack,
    database,
    generation,
    reason: await runReason(stack),
    actor: actor(),
    journal: (entry: JournalEntry) => appendJournal(docker, stack, entry),
    log: (line: string) => console.error(line),
  };
  const record = await withLock(docker, stack, "audit", () => auditGeneration(audit));
  for (const { name, answer, detail } of record.checks) console.log(`${answer.padEnd(7)}  ${name}: ${detail}`);
  for (const { table, detail } of record.findings) console.log(`${table}: ${detail}`);
  if (!passed(record)) process.exitCode = 1;
});

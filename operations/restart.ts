import { parseArgs } from "node:util";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { withLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";
import { restart } from "./restart/restart.ts";
import { readStackConfig } from "./rollback/stack-file.ts";

/** `node operations/restart.ts <stack> <service> --reason WHY [--side blue|green] [--json]`, in the project's folder. */
runProgram(async () => {
  const options = { reason: { type: "string" }, side: { type: "string" }, json: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack, service] = positionals;
  if (!stack || !service) throw new Error("expected the name of a service, such as `switchback restart orders`");
  const reason = values.reason ?? process.env.SWITCHBACK_REASON ?? "";
  if (reason === "") throw new Error('expected --reason "why", got none: it goes to the journal');
  const docker = connect();
  const config = readStackConfig(stack);
  await ensureRecords(docker, stack);
  const log = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const done = await withLock(docker, stack, `restart of ${service}`, async () => {
    const containers = await restart({ docker, stack, service, color: values.side, config, log });
    const entry = { event: "restarted", operation: "restart", service, containers, reason, actor: actor() };
    await appendJournal(docker, stack, entry);
    return containers;
  });
  if (values.json) console.log(JSON.stringify({ stack, service, containers: done, reason }, null, 2));
});

import { parseArgs } from "node:util";
import { runDump } from "./backup/dump.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";
import { servingOf } from "./promotion/settle.ts";

const usage =
  "usage: node operations/dump.ts --stack <stack> --database <name> [--generation <name>] [--because <why>] [<table>...]";

/** Takes a logical dump by hand, beside whatever else runs. Prints the recorded point as one line of JSON. */
runProgram(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stack: { type: "string" },
      database: { type: "string" },
      generation: { type: "string" },
      because: { type: "string", default: "" },
    },
  });
  const { stack, database, because } = values;
  if (!stack || !database) throw new Error(usage);
  const docker = connect();
  await ensureRecords(docker, stack);
  const generation = values.generation ?? (await servingOf(docker, stack)).generation;
  const point = await runDump({
    docker,
    stack,
    generation,
    container: `${stack}-database-${generation}`,
    database,
    tables: positionals,
    reason: because,
    actor: actor(),
    journal: (entry) => appendJournal(docker, stack, entry),
  });
  console.log(JSON.stringify(point));
});

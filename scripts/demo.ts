import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { connect } from "../operations/live/docker.ts";
import { claimStaging, keepStaging } from "./demo/claim.ts";
import { demoJson, demoTable, healthyUntil } from "./demo/report.ts";
import { runDemo } from "./demo/run.ts";
import { type Load, startLoad } from "./load/load.ts";
import { totals } from "./load/result.ts";
import type { Project } from "./project.ts";

const { values } = parseArgs({
  options: { json: { type: "string" }, keep: { type: "boolean", default: false } },
});
const say = (line: string) => console.log(line);
let project: Project | undefined;
let load: Load | undefined;
let interrupted = false;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    say("\ninterrupted; removing what the demo made");
    void cleanUp().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
  });
}

process.exitCode = await demo();

async function demo(): Promise<number> {
  let kept = false;
  try {
    project = await claimStaging(say);
    const run = await runDemo(project, begin, say);
    say(`\n${demoTable(run)}\n`);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(demoJson(run), null, 2)}\n`);
    const { failed, failures } = totals(run.load.requests, 0, healthyUntil(run));
    if (failed > 0) say(`expected no failed request before the container was killed, got ${JSON.stringify(failures)}`);
    kept = values.keep;
    if (kept) await leave(project);
    return failed > 0 ? 1 : 0;
  } catch (error) {
    // What an interruption breaks is no error of its own.
    if (!interrupted) console.error(`demo: ${(error as Error).message}`);
    return 1;
  } finally {
    if (!kept && !interrupted) await cleanUp();
  }
}

async function begin(url: string): Promise<Load> {
  load = await startLoad({ url });
  return load;
}

async function leave({ stack, dir }: Project): Promise<void> {
  await connect().getContainer(`${stack}-green-orders-1`).start();
  keepStaging();
  say(
    `kept: the killed container is started again; \`cd ${dir}\` and run \`npx switchback preview --stack ${stack}\` there`,
  );
  say("the next `npm run demo` removes it");
}

async function cleanUp(): Promise<void> {
  load?.kill();
  await project?.cleanup();
}

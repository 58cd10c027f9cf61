import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { showAccount } from "./demo/account.ts";
import { claimStaging, keepStaging } from "./demo/claim.ts";
import { runLevel2 } from "./demo/level2.ts";
import { runLevel3 } from "./demo/level3.ts";
import { demoJson, demoTable, healthyUntil } from "./demo/report.ts";
import { runDemo } from "./demo/run.ts";
import { type Load, startLoad } from "./load/load.ts";
import { type LoadOptions, level2Load } from "./load/options.ts";
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
    const level2 = await runLevel2(project, () => begin(run.url, level2Load), say);
    const level3 = await runLevel3(project, () => begin(run.url, level2Load), say);
    await showAccount(project, say);
    say(`\n${demoTable(run, level2, level3)}\n`);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(demoJson(run, level2, level3), null, 2)}\n`);
    const one = totals(run.load.requests, 0, healthyUntil(run));
    const two = totals(level2.load.requests);
    if (one.failed > 0)
      say(`expected no failed request before the container was killed, got ${JSON.stringify(one.failures)}`);
    if (two.failed > 0) say(`expected no failed request at level 2, got ${JSON.stringify(two.failures)}`);
    kept = values.keep;
    if (kept) leave(project);
    const wrong = level2.ledger.missing + level3.missing + level3.extra;
    return one.failed + two.failed + wrong > 0 ? 1 : 0;
  } catch (error) {
    // What an interruption breaks is no error of its own.
    if (!interrupted) console.error(`demo: ${(error as Error).message}`);
    return 1;
  } finally {
    if (!kept && !interrupted) await cleanUp();
  }
}

async function begin(url: string, options: Partial<LoadOptions> = {}): Promise<Load> {
  load = await startLoad({ url, ...options });
  return load;
}

function leave({ stack, dir }: Project): void {
  keepStaging();
  say(`kept: \`cd ${dir}\` and run \`npx switchback preview --stack ${stack}\` there`);
  say("the next `npm run demo` removes it");
}

async function cleanUp(): Promise<void> {
  load?.kill();
  await project?.cleanup();
}

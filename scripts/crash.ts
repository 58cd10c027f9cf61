import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";
import type { ColorName } from "../stacks/schema.ts";
import { type CrashResult, crash } from "./crash/run.ts";
import { crashesOf, deployBoundaries, switchBoundaries } from "./crash/scenarios.ts";
import { makeProject, type Project } from "./project.ts";

/** Runs every crash (or a sample) on stacks of their own, one after the other, and reports each as it ends. */
export async function crashAll(
  engine: string,
  sample: boolean,
  report: (result: CrashResult) => void,
): Promise<CrashResult[]> {
  const results: CrashResult[] = [];
  const note = (result: CrashResult) => {
    results.push(result);
    report(result);
  };
  for (const scenario of crashesOf(deployBoundaries, ["same"], sample)) {
    await withProject(engine, async (project) => note((await crash(project, scenario, undefined, engine)).result));
  }
  await withProject(engine, async (project) => {
    await project.ok("up", "--yes", "--skip-preview", "--engine", engine);
    let serves: ColorName = "green";
    for (const scenario of crashesOf(switchBoundaries, ["same", "old"], sample)) {
      const done = await crash(project, scenario, serves, engine);
      serves = done.serves;
      note(done.result);
    }
  });
  return results;
}

async function withProject(engine: string, work: (project: Project) => Promise<void>): Promise<void> {
  const stack = `crash-${randomBytes(3).toString("hex")}`;
  const project = makeProject({
    stack,
    configYaml: config(),
    env: { PULUMI_CONFIG_PASSPHRASE: "crash", SWITCHBACK_ACTOR: "crash" },
  });
  try {
    await project.ok("stack", "init", "--engine", engine);
    await work(project);
  } finally {
    await project.cleanup();
  }
}

/** The staging stack's config, with a subnet and a port of its own. */
function config(): string {
  const staging = parse(readFileSync("Pulumi.staging.yaml", "utf8"));
  staging.config["switchback:network"] = { subnet: `10.${randomInt(150, 200)}.${4 * randomInt(0, 64)}.0/22` };
  staging.config["switchback:router"].port = randomInt(20000, 30000);
  return stringify(staging);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { engine: { type: "string", default: "embedded" }, sample: { type: "boolean", default: false } },
  });
  const results = await crashAll(values.engine, values.sample, (result) => {
    const { boundary, victim, then, killed, seconds, problems } = result;
    const outcome =
      problems.length > 0 ? `FAILED: ${problems.join("; ")}` : killed ? "converged" : "ended before it could be killed";
    console.log(
      `${boundary.name.padEnd(18)} ${victim.padEnd(10)} then ${then.padEnd(5)} ${seconds.toFixed(1).padStart(5)} s  ${outcome}`,
    );
  });
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

if (import.meta.main) await main();

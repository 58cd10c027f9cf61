import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";
import { newMoment } from "./crash/moments.ts";
import { bringUp, type CrashResult, crash, type Side } from "./crash/run.ts";
import {
  type Boundary,
  type Crash,
  crashesOf,
  deployBoundaries,
  recoveryBoundaries,
  schemaBoundaries,
  switchBoundaries,
} from "./crash/scenarios.ts";
import { makeProject, type Project } from "./project.ts";

/**
 * Runs every crash (or a sample) on stacks of their own, one after the other, and reports each as it ends.
 * @param options.every only each n-th of them
 * @param options.part `deploy`, `switch`, `schema` or `recovery`; unset: all
 */
export async function crashAll(
  engine: string,
  options: { readonly sample: boolean; readonly every?: number; readonly part?: string | undefined },
  report: (result: CrashResult) => void,
): Promise<CrashResult[]> {
  const results: CrashResult[] = [];
  const note = (result: CrashResult) => {
    results.push(result);
    report(result);
  };
  const { sample, every = 1, part } = options;
  const wanted = (name: string) => part === undefined || part === name;
  const chosen = (boundaries: readonly Boundary[], configs: readonly Crash["then"][]) =>
    crashesOf(boundaries, configs, sample).filter((_, index) => index % every === every - 1);
  for (const scenario of wanted("deploy") ? chosen(deployBoundaries, ["same"]) : []) {
    await withProject(engine, {}, async (project) => note(await crash(project, scenario, undefined, green, engine)));
  }
  const both = ["same", "old"] as const;
  if (wanted("switch"))
    await withProject(engine, {}, (project) => backAndForth(project, [green, blue], chosen(switchBoundaries, both)));
  if (wanted("schema"))
    await withProject(engine, withDatabase, (project) =>
      backAndForth(project, [contracted, expanded], chosen(schemaBoundaries, both)),
    );
  if (wanted("recovery"))
    await withProject(engine, { ...withDatabase, colors: ofSchema3 }, async (project) => {
      await bringUp(project, { color: "green", config: { activeColor: "green" } }, engine);
      for (const scenario of chosen(recoveryBoundaries, both)) {
        const { from, to } = await newMoment(project);
        note(await crash(project, scenario, from, to, engine));
      }
    });
  return results;

  async function backAndForth(project: Project, sides: readonly [Side, Side], crashes: readonly Crash[]) {
    await bringUp(project, sides[0], engine);
    let at = 0;
    for (const scenario of crashes) {
      const [from, to] = at === 0 ? sides : ([sides[1], sides[0]] as const);
      note(await crash(project, scenario, from, to, engine));
      if (scenario.then === "same") at = 1 - at;
    }
  }
}

const green: Side = { color: "green", config: { activeColor: "green" } };
const blue: Side = { color: "blue", config: { activeColor: "blue" } };

let allowances = 1_000_000;
/** The schema 4 and back to 3, over a contract whose way back loses values. An allowance holds once, so that each is another. */
const contracted: Side = { color: "green", config: { activeColor: "green", schemaVersion: "4" } };
const expanded: Side = {
  color: "blue",
  get config() {
    allowances += 1;
    return { activeColor: "blue", schemaVersion: undefined, allowDataLoss: { 4: allowances } };
  },
};

const ofSchema3 = { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.0.0" } };
const withDatabase = {
  colors: { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.1.0" } },
  database: { name: "orders", secret: "database", memoryMb: 256 },
  secrets: { database: "crash-crash-crash-crash" },
};

async function withProject(
  engine: string,
  changes: Readonly<Record<string, unknown>>,
  work: (project: Project) => Promise<void>,
): Promise<void> {
  const stack = `crash-${randomBytes(3).toString("hex")}`;
  const project = makeProject({
    stack,
    configYaml: config(changes),
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
function config(changes: Readonly<Record<string, unknown>>): string {
  const staging = parse(readFileSync("Pulumi.staging.yaml", "utf8"));
  staging.config["switchback:network"] = { subnet: `10.${randomInt(150, 200)}.${4 * randomInt(0, 64)}.0/22` };
  staging.config["switchback:router"].port = randomInt(20000, 30000);
  for (const [key, value] of Object.entries(changes)) staging.config[`switchback:${key}`] = value;
  staging.config["switchback:services"].orders.database = "database" in changes;
  if (!("database" in changes)) delete staging.config["switchback:database"];
  return stringify(staging);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engine: { type: "string", default: "embedded" },
      sample: { type: "boolean", default: false },
      part: { type: "string" },
    },
  });
  const results = await crashAll(values.engine, values, (result) => {
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

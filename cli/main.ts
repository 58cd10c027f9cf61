import { join, resolve } from "node:path";
import { readCommandLine, take, verbOf } from "./args.ts";
import { type Choice, chooseEngine } from "./engines.ts";
import { help } from "./help.ts";
import { verbs } from "./verbs.ts";

/** Runs a command line. Resolves to the exit code; the first line on stderr says which engine runs it and why. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args[0] === "help" || args[0] === "--help" || args[0] === "-h") {
    console.log(help());
    return 0;
  }
  try {
    return await run(args);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { value: asked, rest } = take(args, "--engine");
  const choice = chooseEngine(asked, process.env);
  if (choice.engine === "pulumi")
    console.error(`switchback: engine pulumi ${choice.version} (${choice.why}: ${choice.binary})`);
  else console.error(`switchback: embedded engine (${choice.why})`);
  if (verbOf(rest) !== undefined) return runVerb(rest, choice);
  if (choice.engine === "pulumi") {
    const { value: cwd, rest: pulumiArgs } = take(rest, "--cwd", "-C");
    const { runPulumi } = await import("./pulumi.ts");
    return runPulumi(choice.binary, pulumiArgs, resolve(cwd ?? "."), process.env);
  }
  return runEmbeddedEngine(rest);
}

async function runVerb(args: readonly string[], choice: Choice): Promise<number> {
  const { command, positionals: words, flags } = readCommandLine(args);
  const verb = verbs[command]!;
  if (flags.help === true) {
    console.log(`switchback ${command}  ${verb.summary}`);
    return 0;
  }
  const cwd = resolve(typeof flags.cwd === "string" ? flags.cwd : ".");
  const { engine } = choice;
  const binary = choice.engine === "pulumi" ? choice.binary : undefined;
  const { stackOf } = await import("./stack-of.ts");
  const stack = () => stackOf({ command, asked: flags.stack, cwd, binary });
  const done = await verb.run({ command, words, flags, engine, binary, cwd, stack });
  return typeof done === "number" ? done : done ? 0 : 1;
}

async function runEmbeddedEngine(args: readonly string[]): Promise<number> {
  const line = readCommandLine(args);
  if (line.flags.help === true) {
    console.log(help());
    return 0;
  }
  const cwd = resolve(typeof line.flags.cwd === "string" ? line.flags.cwd : ".");
  const [{ runEmbedded }, { terminal }, { loadProject }] = await Promise.all([
    import("./embedded.ts"),
    import("./terminal.ts"),
    import("../engine/project.ts"),
  ]);
  // Programs and the commands that they run see which engine it is and why it was run.
  process.env.SWITCHBACK_ENGINE = "embedded";
  if (typeof line.flags.message === "string") process.env.SWITCHBACK_REASON = line.flags.message;
  process.env.NODE_COMPILE_CACHE ??= join(loadProject(cwd).root, ".switchback", "cache");
  const io = terminal({ interactive: line.flags["non-interactive"] !== true });
  return (await runEmbedded(line, cwd, io)) ? 0 : 1;
}

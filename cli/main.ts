import { join, resolve } from "node:path";
import { adoptStack } from "./adopt.ts";
import { readCommandLine, take, usage } from "./args.ts";
import { audit } from "./audit.ts";
import { chooseEngine } from "./engines.ts";
import { runEvidence } from "./evidence.ts";
import { collectGarbage } from "./gc.ts";
import { runGenerations } from "./generations.ts";
import { recoverRows } from "./recover-rows.ts";
import { restoreFiles } from "./restore-files.ts";
import { showStatus } from "./status.ts";

const help = `switchback: the pulumi commands for this project, on the pulumi CLI or on the embedded engine

  ${usage()}

  --stack NAME   --cwd FOLDER   --engine pulumi|embedded   --yes   --diff   --json   --message TEXT
  status tells what the live system is: traffic, colors, schema, backups; gc names what no rollback can need, and removes it with --yes
  evidence lists what an isolation kept, takes a copy of a volume, exports either with --to FOLDER
  generations lists the data of former times, exports one with --to FOLDER, removes one that is out of date with --yes
  audit reads everything that a generation has; recover-rows --from GENERATION TABLE... copies rows of a kept one into the one that serves
  restore-files SERVICE VOLUME NEW-VOLUME [BACKUP-POINT] writes the files of a backup point into a new volume
  up also: --skip-preview --refresh --expect-no-changes; config set: --path --secret; every name is pulumi's own`;

/** Runs a command line. Resolves to the exit code; the first line on stderr says which engine runs it and why. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args[0] === "help" || args[0] === "--help" || args[0] === "-h") {
    console.log(help);
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
  if (choice.engine === "pulumi") {
    console.error(`switchback: engine pulumi ${choice.version} (${choice.why}: ${choice.binary})`);
    const { value: cwd, rest: pulumiArgs } = take(rest, "--cwd", "-C");
    const stack = take(rest, "--stack", "-s").value;
    const ref = { cwd: resolve(cwd ?? "."), ...(stack !== undefined && { stack }) };
    if (rest[0] === "stack" && rest[1] === "adopt") return adoptStack(ref, "pulumi") ? 0 : 1;
    const yes = rest.includes("--yes") || rest.includes("-y");
    if (rest[0] === "status") return showStatus(ref, rest.includes("--json") || rest.includes("-j"), "pulumi") ? 0 : 1;
    if (rest[0] === "gc") return collectGarbage(ref, yes, "pulumi") ? 0 : 1;
    if (rest[0] === "audit") return audit(ref, readCommandLine(rest).positionals[0], "pulumi") ? 0 : 1;
    if (rest[0] === "recover-rows") {
      const { positionals, flags } = readCommandLine(rest);
      return recoverRows(ref, positionals, flags, "pulumi") ? 0 : 1;
    }
    if (rest[0] === "restore-files") return restoreFiles(ref, readCommandLine(rest).positionals, "pulumi") ? 0 : 1;
    if (rest[0] === "evidence") return runEvidence(ref, readCommandLine(rest), "pulumi") ? 0 : 1;
    if (rest[0] === "generations") return runGenerations(ref, readCommandLine(rest), "pulumi") ? 0 : 1;
    const { runPulumi } = await import("./pulumi.ts");
    return runPulumi(choice.binary, pulumiArgs, resolve(cwd ?? "."), process.env);
  }
  console.error(`switchback: embedded engine (${choice.why})`);
  const line = readCommandLine(rest);
  if (line.flags.help === true) {
    console.log(help);
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

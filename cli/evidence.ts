import { resolve } from "node:path";
import type { CommandLine } from "./args.ts";
import { runOperation } from "./operation.ts";

/**
 * Lists what was kept as evidence, takes a copy of a volume as such, or copies evidence out. Returns whether it succeeded;
 * its lines go to the terminal.
 */
export function runEvidence(
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  { command, positionals, flags }: CommandLine,
  engine: "embedded" | "pulumi",
): boolean {
  const verb = command.split(" ")[1]!;
  if (verb === "take" && positionals.length !== 1) throw new Error(`${command}: expected the name of a volume`);
  if (verb === "export" && (positionals.length !== 1 || typeof flags.to !== "string"))
    throw new Error(`${command}: expected the name of a piece of evidence, and --to FOLDER`);
  const given = [
    ...(flags.json === true ? ["--json"] : []),
    // The operation runs in the project's folder.
    ...(typeof flags.to === "string" ? ["--to", resolve(flags.to)] : []),
    ...(typeof flags.message === "string" ? ["--because", flags.message] : []),
  ];
  const args = (_: string, stackName: string) => [stackName, verb, ...positionals, ...given];
  return runOperation({ command, operation: "isolation-evidence", cwd, stack, engine, args });
}

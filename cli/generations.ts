import { resolve } from "node:path";
import type { CommandLine } from "./args.ts";
import { runOperation } from "./operation.ts";

/**
 * Lists the generations of a stack's database, copies one out, removes one that is out of date, or tells them anew where
 * their catalogue is lost. Returns whether it succeeded; its lines go to the terminal.
 */
export function runGenerations(
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  { command, positionals, flags }: CommandLine,
  engine: "embedded" | "pulumi",
): boolean {
  const verb = command.split(" ")[1]!;
  const [name] = positionals;
  if (verb === "rebuild") {
    const args = (_: string, stackName: string) => [stackName, ...(flags.yes === true ? ["--yes"] : [])];
    return runOperation({ command, operation: "rebuild-catalogue", cwd, stack, engine, args });
  }
  if (verb !== "list" && name === undefined) throw new Error(`${command}: expected the name of a generation`);
  if (verb === "export" && typeof flags.to !== "string") throw new Error(`${command}: expected --to FOLDER`);
  const given = [
    ...(flags.json === true ? ["--json"] : []),
    // The operation runs in the project's folder.
    ...(typeof flags.to === "string" ? ["--to", resolve(flags.to)] : []),
    ...(flags.yes === true ? ["--yes"] : []),
    ...(typeof flags.message === "string" ? ["--because", flags.message] : []),
  ];
  const args = (_: string, stackName: string) => [stackName, verb, ...positionals, ...given];
  return runOperation({ command, operation: "generations", cwd, stack, engine, args });
}

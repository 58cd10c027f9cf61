import type { CommandLine } from "./args.ts";
import { runOperation } from "./operation.ts";

/** Copies rows of a kept generation into the one that serves, or counts them. Returns whether it succeeded. */
export const recoverRows = (
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  tables: readonly string[],
  flags: CommandLine["flags"],
  engine: "embedded" | "pulumi",
): boolean =>
  runOperation({
    command: "recover-rows",
    operation: "recover-rows",
    cwd,
    stack,
    engine,
    args: (_, name) => [name, ...passedOn(flags), "--", ...tables],
  });

const passedOn = ({ from, ...flags }: CommandLine["flags"]): string[] => [
  ...(typeof from === "string" ? [`--from=${from}`] : []),
  ...["changed", "no-triggers", "skip-conflicts", "yes"]
    .filter((name) => flags[name] === true)
    .map((name) => `--${name}`),
];

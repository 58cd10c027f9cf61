import { runOperation } from "./operation.ts";

/** Reads everything that a generation has; undefined: the one that serves. Returns whether nothing is wrong with it. */
export const audit = (
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  generation: string | undefined,
  engine: "embedded" | "pulumi",
): boolean =>
  runOperation({
    command: "audit",
    operation: "audit",
    cwd,
    stack,
    engine,
    args: (_, name) => [name, ...(generation === undefined ? [] : [generation])],
  });
